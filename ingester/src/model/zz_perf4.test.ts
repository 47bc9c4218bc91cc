import { answer } from './answer';
import { openTestStore, countingReader } from './store.testkit';
test('perf', async () => {
  const opened = await openTestStore();
  const start = Date.UTC(2027, 0, 1) / 1000;
  const N = 10_000_000; const D = 30;
  for (let i = 0; i < 10; i++) await opened.store.write(`INSERT INTO watchtower.events (time, record, vmta, job, provider, domain, rcpt, queued, latency, diag, message, messageId, bounceClass, file, line, ver, sign)
   SELECT toDateTime(${start} + intDiv(number * ${D * 86400}, ${N})) AS t, if(number % 20 = 0, 'b', if(number % 20 < 3, 't', 'd')) AS r, concat('vmta-', toString(number % 10)), concat('J-', toString(intDiv(number, 200000))), concat('p', toString(number % 12)), concat('d', toString(cityHash64(number) % 2000), '.example'),
     concat('u', toString(cityHash64(number, 1) % 3000000), '@x.example'), t - (cityHash64(number, 2) % if(number % 50 = 0, 20000, 30)), if(r='d', 10, -1), if(r = 'd', '250 ok', concat('421 4.7.0 try again later [', toString(cityHash64(number, 3) % 1000000), ']')), cityHash64(number, 4), concat(toString(number), '@h'), if(r='b','hard',''), 1 + intDiv(number, 1000000), number % 1000000, 1, 1
   FROM numbers(${i * N / 10}, ${N / 10})`);
  const c = countingReader(opened);
  const range = { from: start * 1000, to: (start + D * 86400) * 1000 };
  const day = { from: (start + 20 * 86400) * 1000, to: (start + 21 * 86400) * 1000 };
  const qs: [string, any][] = [
    ['newest page 30d', { queryType: 'events', ...range }],
    ['oldest page 30d', { queryType: 'events', ...range, order: 'asc' }],
    ['vmta page 30d', { queryType: 'events', ...range, filters: [{ dimension: 'vmta', values: ['vmta-3'] }] }],
    ['job rare 30d', { queryType: 'events', ...range, filters: [{ dimension: 'job', values: ['J-3'] }] }],
    ['recipient 30d', { queryType: 'events', ...range, filters: [{ dimension: 'recipient', values: ['u77@x.example'] }] }],
    ['recipient prefix 30d', { queryType: 'events', ...range, filters: [{ dimension: 'recipient', operator: 'startsWith', values: ['u7712'] }] }],
    ['text day no match', { queryType: 'events', ...day, search: 'nothing' }],
    ['text 30d no match', { queryType: 'events', ...range, search: 'nothing' }],
    ['text 30d match', { queryType: 'events', ...range, search: '[77]' }],
    ['logs', { queryType: 'events', ...range, format: 'logs', limit: 1000 }],
    ['volume 30d', { queryType: 'events', ...range, format: 'timeseries' }],
    ['volume text day', { queryType: 'events', ...day, format: 'timeseries', search: 'later' }],
    ['backlog minute day', { queryType: 'metrics', ...day, metrics: ['backlog'], format: 'timeseries', intervalMs: 60000 }],
    ['backlog hour 30d', { queryType: 'metrics', ...range, metrics: ['backlog', 'oldestQueuedAge'], format: 'timeseries', intervalMs: 3600000 }],
    ['unresolved day', { queryType: 'metrics', ...day, metrics: ['unresolved'] }],
    ['unresolved by provider 30d', { queryType: 'metrics', ...range, metrics: ['unresolved'], groupBy: ['provider'] }],
    ['top domains other 30d', { queryType: 'metrics', ...range, metrics: ['delivered', 'bounceRate', 'latencyP95'], groupBy: ['domain'], limit: 20, other: true }],
    ['values domain', { queryType: 'values', ...range, dimension: 'domain', search: 'd77' }],
    ['values recipient day', { queryType: 'values', ...day, dimension: 'recipient', search: 'u77' }],
    ['service', { queryType: 'service', metrics: ['newestEventAgeSeconds'] }],
    ['histogram', { queryType: 'metrics', ...range, format: 'histogram' }],
  ];
  const out: string[] = [];
  for (const [name, q] of qs) {
    const before = c.rows(); const t0 = performance.now();
    const r: any = await answer(c.reader, { queries: [{ refId: 'A', ...q }] } as any, { timezone: 'UTC', complaintProviders: [] });
    out.push(`${name}: ${Math.round(performance.now() - t0)} ms, ${c.rows() - before} rows, ${r.results.A.error ?? r.results.A.frames[0].data.values[0].length}`);
  }
  console.log(out.join('\n'));
  await c.close(); await opened.close();
}, 400000);

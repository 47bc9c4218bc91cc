import { csv, deliveries, freshHour, openRoom, type Room } from '../ingest/ingest.testkit';
import type { Listening } from '.';
import { keptLog, serveRoom } from './api.testkit';
import type { ErrorEnvelope } from './errors';

interface Metric {
  name: string;
  help: string;
  type: string;
  metrics: { labels?: Record<string, string>; value?: string; count?: string }[];
}
/** A parser of the exposition format that is not ours. */
const parse = jest.requireActual<(text: string) => Metric[]>('parse-prometheus-text-format');

const KEYS = { read: 'r-key', ingest: 'i-key' };
const withKey = { headers: { authorization: 'Bearer r-key' } };

let room: Room;
let api: Listening;
const kept = keptLog();

beforeAll(async () => {
  room = await openRoom();
  api = await serveRoom(room, KEYS, { log: kept.log });
  await room.load('good.csv', csv([...deliveries(freshHour(), 10), { type: 'd', timeLogged: 'no time' }]));
  await room.load('bad.csv', 'no,such,header\n1,2,3\n');
});

afterAll(async () => {
  await api.close();
  await room.ingest.close().catch(() => undefined);
});

const ask = () =>
  fetch(`${api.url}/api/query`, {
    ...withKey,
    method: 'POST',
    body: JSON.stringify({
      queries: [{ refId: 'A', queryType: 'metrics', metrics: ['delivered'], from: 0, to: 1e12 }],
    }),
  });

const scraped = async (): Promise<Record<string, Metric['metrics']>> => (await scrape()).metrics;

const scrape = async () => {
  const response = await fetch(`${api.url}/metrics`, withKey);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  const metrics = parse(text);
  for (const { name, help, type } of metrics) {
    expect([name, help.length > 0]).toEqual([name, true]);
    expect(['COUNTER', 'GAUGE', 'HISTOGRAM', 'SUMMARY']).toContain(type);
  }
  return { text, metrics: Object.fromEntries(metrics.map(({ name, metrics: samples }) => [name, samples])) };
};

it('/metrics tells of requests, ingest, queue, store and process in the exposition format', async () => {
  await ask();
  await fetch(`${api.url}/api/files/1234567`, withKey);
  await fetch(`${api.url}/api/files/7654321`, withKey);
  await fetch(`${api.url}/nowhere/ann@example.org`);
  const { text, metrics } = await scrape();
  const value = (name: string, labels?: object) =>
    Number(
      metrics[name]?.find((sample) => !labels || JSON.stringify(sample.labels) === JSON.stringify(labels))
        ?.value,
    );

  expect(text).toContain(
    'watchtower_http_request_seconds_count{method="GET",route="/api/files/:id",status="404"} 2\n',
  );
  expect(text).toMatch(/^watchtower_query_seconds_count\{outcome="answered"\} [1-9]/m);
  expect(value('watchtower_files', { status: 'loaded_with_errors' })).toBe(1);
  expect(value('watchtower_files', { status: 'rejected' })).toBe(1);
  expect(value('watchtower_ingest_rows')).toBe(11);
  expect(value('watchtower_ingest_error_rows')).toBe(1);
  expect(value('watchtower_ingest_lag_seconds')).toBe(0);
  expect(value('watchtower_newest_event_age_seconds')).toBeGreaterThan(0);
  expect(Number(metrics['watchtower_commit_seconds']?.[0]?.count)).toBeGreaterThan(0);
  expect(value('watchtower_queries_running')).toBe(0);
  expect(value('watchtower_queries_waiting')).toBe(0);
  expect(value('watchtower_queries_refused_total')).toBe(0);
  expect(value('watchtower_store_up')).toBe(1);
  expect(value('watchtower_store_event_rows')).toBe(10);
  expect(value('watchtower_store_parts')).toBeGreaterThan(0);
  expect(value('watchtower_store_bytes')).toBeGreaterThan(0);
  for (const name of [
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_p99_seconds',
    'process_cpu_seconds_total',
  ])
    expect(metrics).toHaveProperty(name);
});

it('/metrics has few series: no path, no name and no address of a stranger is a label', async () => {
  for (let i = 0; i < 30; i++) {
    await fetch(`${api.url}/api/files/${i}?x=${i}`, { method: i % 2 ? 'GET' : 'PROPFIND', ...withKey });
    await fetch(`${api.url}/stranger${i}`, { method: i % 2 ? 'GET' : `X${i}` });
  }
  const series = async (): Promise<number> => (await scrape()).text.split('\n').length;
  const before = await series();
  for (let i = 0; i < 30; i++) await fetch(`${api.url}/stranger${i}/more`, { method: `Y${i}` });
  expect(await series()).toBe(before);
});

it('/healthz says that the process lives, and nothing else', async () => {
  expect(await (await fetch(`${api.url}/healthz`)).json()).toEqual({ status: 'ok' });
});

it('/readyz tells the state of store and ingest to one with a key, and little to others', async () => {
  const ready = async (key?: string) => {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    return (await fetch(`${api.url}/readyz`, { headers })).json();
  };
  const known = {
    status: 'ready',
    store: 'embedded',
    apiVersion: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    schemaVersion: expect.any(Number) as number,
    newestEventAgeSeconds: expect.any(Number) as number,
    ingestLagSeconds: 0,
    waitingFiles: 0,
    waitingQueries: 0,
    problem: null,
  };
  expect(await ready('r-key')).toEqual(known);
  expect(await ready('i-key')).toEqual(known);
  expect(await ready()).toEqual({ status: 'ready', store: 'embedded' });
  expect(await ready('wrong')).toEqual({ status: 'ready', store: 'embedded' });
});

it('/readyz says why not when the store has gone; /healthz and /metrics still answer', async () => {
  await room.close();
  const answer = await fetch(`${api.url}/readyz`, withKey);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10']);
  expect(await answer.json()).toMatchObject({
    error: {
      code: 'store_unavailable',
      details: { schemaVersion: null, problem: expect.stringMatching(/./) as string },
    },
  });
  expect(((await (await fetch(`${api.url}/readyz`)).json()) as ErrorEnvelope).error.details).toBeNull();
  expect(kept.text()).toContain('the store does not answer');
  expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
  expect(Number((await scraped())['watchtower_store_up']?.[0]?.value)).toBe(0);
});

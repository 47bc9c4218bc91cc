import { Conditions } from './conditions';
import { poissonTail } from './reach';
import {
  cleanUp,
  content,
  domainOf,
  eventsOf,
  providers,
  rowsOf,
  seconds,
  START,
  write,
  type Row,
} from './testing/read';

afterAll(cleanUp);

const HOUR = 3600;
const at = (hour: number): number => START + hour * HOUR;
const quiet = { messages: 20_000, incidents: [] };
const between = (rows: Row[], from: number, to: number): Row[] =>
  rows.filter((row) => seconds(row.timeQueued) >= at(from) && seconds(row.timeQueued) < at(to));

test('a campaign comes on top of the usual mail, is all of its job and pool, and its end is the end of that volume', async () => {
  const { folder } = await write({
    ...quiet,
    conditions: [{ kind: 'campaign', job: 'J-30', pool: 'pool-b', times: 3, start: at(9), end: at(12) }],
  });
  const rows = rowsOf(folder, 'acct');
  const during = between(rows, 9, 12);
  const after = between(rows, 12, 15);
  expect(during.length).toBeGreaterThan(3 * after.length);
  const own = during.filter(({ jobId }) => jobId === 'J-30');
  expect(own.length / during.length).toBeCloseTo(0.75, 1);
  const elsewhere = own.filter(({ vmtaPool }) => vmtaPool !== 'pool-b');
  expect(elsewhere.length / own.length).toBeLessThan(0.02);
  expect(after.filter(({ jobId }) => jobId === 'J-30').length / after.length).toBeLessThan(0.05);
});

test('a lull leaves nearly nothing', async () => {
  const { folder } = await write({
    ...quiet,
    conditions: [{ kind: 'lull', factor: 0.02, start: at(14), end: at(16) }],
  });
  const rows = rowsOf(folder, 'acct');
  expect(between(rows, 14, 16).length).toBeLessThan(0.05 * between(rows, 12, 14).length);
});

test('a pool that is idle is given nothing, and the others go on', async () => {
  const { folder } = await write({
    ...quiet,
    conditions: [{ kind: 'idle', pool: 'pool-c', start: at(14), end: at(16) }],
  });
  const pools = new Set(between(rowsOf(folder, 'acct'), 14, 16).map(({ vmtaPool }) => vmtaPool));
  expect([...pools].sort()).toEqual(['pool-a', 'pool-b']);
});

test('a VMTA that warms up sends nothing at first, then ever more, then its part', async () => {
  const { folder } = await write({
    ...quiet,
    conditions: [{ kind: 'warm_up', vmta: 'VMTA-12', start: at(6), end: at(18) }],
  });
  const rows = rowsOf(folder, 'acct');
  const part = (from: number, to: number): number => {
    const all = between(rows, from, to);
    return all.filter(({ vmta }) => vmta === 'VMTA-12').length / all.length;
  };
  expect(part(0, 6)).toBe(0);
  expect(part(6, 10)).toBeGreaterThan(0);
  expect(part(6, 10)).toBeLessThan(part(12, 16) / 2);
  expect(part(18, 24)).toBeCloseTo(1 / 12, 1);
});

test('greylisting puts off first attempts, which a later one delivers', async () => {
  const { folder } = await write({
    ...quiet,
    conditions: [{ kind: 'greylisting', provider: 'gmx', share: 0.9, start: at(0), end: at(24) }],
  });
  const gmx = (rows: Row[]): Row[] => rows.filter((row) => providers[domainOf(row)] === 'gmx');
  const put = gmx(rowsOf(folder, 'tran')).filter(({ dsnDiag }) => /greylist/i.test(dsnDiag ?? ''));
  const ids = new Set(put.map((row) => row['header_Message-Id']));
  const finals = gmx(rowsOf(folder, 'acct'));
  expect(ids.size).toBe(put.length);
  expect(put.length / finals.length).toBeGreaterThan(0.85);
  const outcomes = finals.filter((row) => ids.has(row['header_Message-Id']));
  expect(outcomes.filter(({ type }) => type === 'd').length / outcomes.length).toBeGreaterThan(0.95);
  const others = rowsOf(folder, 'tran').filter((row) => !gmx([row]).length);
  expect(others.some(({ dsnDiag }) => /greylist/i.test(dsnDiag ?? ''))).toBe(false);
});

test('back-off: few attempts while messages wait, which are tried after it', async () => {
  const path = { provider: 'gmail', vmta: 'VMTA-3', start: at(10), end: at(11) };
  const { folder } = await write({
    ...quiet,
    messages: 60_000,
    conditions: [{ kind: 'back_off', share: 0.95, ...path }],
  });
  const rows = eventsOf(folder).filter(
    (row) => row.vmta === 'VMTA-3' && domainOf(row) === 'gmail.com' && row.type !== 'rb',
  );
  const attempts = (from: number, to: number): number =>
    rows.filter((row) => seconds(row.timeLogged) >= at(from) && seconds(row.timeLogged) < at(to)).length;
  expect(attempts(10, 11)).toBeLessThan(0.1 * attempts(9, 10));
  const waiting = rows.filter((row) => seconds(row.timeQueued) < at(11) && seconds(row.timeLogged) >= at(11));
  expect(waiting.length).toBeGreaterThan(0.8 * attempts(9, 10));
  expect(
    Math.max(...waiting.filter(({ type }) => type === 'd').map((row) => seconds(row.timeLogged))),
  ).toBeGreaterThan(at(11));
});

test('at weekends and by the local clock: volume follows both', async () => {
  const friday = Date.UTC(2026, 9, 23) / 1000;
  const { folder } = await write({
    ...quiet,
    start: friday,
    seconds: 4 * 86400,
    weekend: 0.1,
    zone: 'Europe/Berlin',
  });
  const lines = rowsOf(folder, 'acct');
  const days = new Map<string, number>();
  for (const { timeQueued = '' } of lines)
    days.set(timeQueued.slice(0, 10), (days.get(timeQueued.slice(0, 10)) ?? 0) + 1);
  expect(days.get('2026-10-24')).toBeLessThan(0.15 * (days.get('2026-10-23') ?? 0));
  expect(days.get('2026-10-26')).toBeGreaterThan(0.7 * (days.get('2026-10-23') ?? 0));
  const offsets = (day: string): string[] => [
    ...new Set(
      lines
        .filter(({ timeQueued = '' }) => timeQueued.startsWith(day))
        .map(({ timeQueued = '' }) => timeQueued.slice(19)),
    ),
  ];
  expect(offsets('2026-10-24')).toEqual(['+0200']);
  expect(offsets('2026-10-26')).toEqual(['+0100']);
});

test('times without a zone are those of the local clock, of which one hour comes twice', async () => {
  const sunday = Date.UTC(2026, 9, 25) / 1000;
  const options = { ...quiet, start: sunday, zone: 'Europe/Berlin' };
  const [local, epoch] = [
    await write({ ...options, time: 'zoneless' }),
    await write({ ...options, time: 'epoch' }),
  ];
  const times = (folder: string): number[] => rowsOf(folder, 'acct').map((row) => seconds(row.timeLogged));
  const [zoneless, known] = [times(local.folder), times(epoch.folder)];
  const ahead = new Set(zoneless.map((time, i) => time - (known[i] as number)));
  expect([...ahead]).toEqual([7200, 3600]);
  expect(zoneless.filter((time, i) => time < (zoneless[i - 1] ?? 0))).toHaveLength(1);
});

describe('nodes', () => {
  const nodes = { mta1: ['pool-a', 'pool-b'], mta2: ['pool-c'] };

  test('each has its own files of its own VMTAs, and the events are the same', async () => {
    const one = await write({ received: true });
    const two = await write({ received: true, nodes });
    const same = { files: 0 };
    expect({ ...two.truth, ...same }).toEqual({ ...one.truth, ...same });
    const pools = (node: string): string[] =>
      [...new Set(rowsOf(`${two.folder}/${node}`, 'acct').map(({ vmtaPool = '' }) => vmtaPool))].sort();
    expect(pools('mta1')).toEqual(['pool-a', 'pool-b']);
    expect(pools('mta2')).toEqual(['pool-c']);
    for (const { name, bytes } of two.truth.files) {
      expect(name).toMatch(/^mta[12]\//);
      expect(Buffer.byteLength(content(two.folder, name))).toBe(bytes);
    }
  });

  test('a pool without a node, or with two, is refused', async () => {
    await expect(write({ nodes: { mta1: ['pool-a'] } })).rejects.toThrow(/every pool/);
    await expect(
      write({ nodes: { mta1: ['pool-a', 'pool-b'], mta2: ['pool-b', 'pool-c'] } }),
    ).rejects.toThrow(/every pool/);
  });
});

test('a condition that names nothing known, or leaves nobody to send, is refused', () => {
  const span = { start: 0, end: 1 };
  expect(() => new Conditions([{ kind: 'idle', pool: 'pool-d', ...span }])).toThrow(/pool-d/);
  expect(
    () =>
      new Conditions(
        ['pool-a', 'pool-b', 'pool-c'].map((pool) => ({ kind: 'idle' as const, pool, ...span })),
      ),
  ).toThrow(/one VMTA/);
  const campaign = { kind: 'campaign', job: 'J-01', times: 1 } as const;
  expect(
    () =>
      new Conditions([
        { ...campaign, start: 5, end: 9 },
        { ...campaign, start: 0, end: 6 },
      ]),
  ).toThrow(/follow one another/);
});

test.each([
  [0, 3, 1],
  [1, 1, 1 - Math.exp(-1)],
  [3, 2, 1 - Math.exp(-2) * (1 + 2 + 2)],
  [10, 1, 1.1142547833872e-7],
])('Poisson tail: %d or more where %d are expected', (n, expected, probability) => {
  expect(poissonTail(n, expected)).toBeCloseTo(probability, 12);
});

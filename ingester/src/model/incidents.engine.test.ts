import { answer } from './answer';
import type { Frame } from './frames';
import { openTestStore, type TestStore } from './store.testkit';

const MINUTE = 60_000;
const START = 1_789_466_400;

let opened: TestStore;

const BEHIND = { mostlyJob: 'J1', mostlySender: 'news@a.example', mostlyIp: '192.0.2.1' };

/** An incident that was found `minutes` ago, as detection writes it. */
const incident = (id: string, minutes: number, more: Record<string, unknown> = {}) => ({
  ...{ id, kind: 'throttling', severity: 'warning', state: 'open', provider: 'gmail', vmta: 'VMTA-5' },
  ...{ start: START, finish: START + 1800, rate: 0.7, baseline: 0.02, waiting: 40, attempts: 170 },
  opened: Date.now() - minutes * MINUTE,
  detected: Date.now() - minutes * MINUTE,
  sentence: `${id} is wrong`,
  version: 1,
  ...more,
});

const closed = (id: string, minutes: number, ago: number, more: Record<string, unknown> = {}) =>
  incident(id, minutes, { state: 'closed', settled: Date.now() - ago * MINUTE, ...more });

/** What stands behind an incident, with names that would break out of an address. */
const SHARES = [
  ['job', 'J&17=x', 0.62],
  ['sourceIp', '192.0.2.1|,', 1],
];

beforeAll(async () => {
  opened = await openTestStore();
  await opened.store.append('job_users', [{ job: 'J&17=x', user: '88', version: 1 }]);
  await opened.store.append('incidents', [
    incident('goes-on', 300),
    incident('provisional', 1, { state: 'provisional', opened: 0 }),
    closed('over-at-once', 1, 1),
    closed('over-lately', 60, 9),
    closed('over', 60, 11),
    closed('historical', 1, 1, { historical: 1 }),
    incident('info', 5, { kind: 'new_reason', severity: 'info', vmta: '' }),
    incident('floor', 5, { kind: 'success_floor', severity: 'info', vmta: '', provider: 'web' }),
    incident('symptom', 5, { kind: 'success_floor', severity: 'info', vmta: '', symptomOf: 'goes-on' }),
    closed('retracted', 20, 5, { state: 'retracted', kind: 'block', start: START + 60 }),
    closed('elsewhere', 500, 400, { provider: 'yahoo', start: START - 86_400, finish: START - 80_000 }),
  ]);
  await opened.store.append('incidents', [
    incident('goes-on', 300, { rate: 0.8, behind: JSON.stringify(SHARES), ...BEHIND, version: 2 }),
  ]);
  await opened.store.append('incident_notes', [
    { id: 'goes-on', ackBy: 'ann', note: 'seen', version: 1 },
    { id: 'goes-on', ackBy: 'bob', note: '<b>called them</b>', version: 2 },
  ]);
});

afterAll(() => opened.close());

async function ask(query: Record<string, unknown>): Promise<readonly Frame[]> {
  const queries = [{ refId: 'A', queryType: 'incidents', ...query }];
  const { A } = (await answer(opened.store, { queries }, { timezone: 'UTC', complaintProviders: [] }))
    .results;
  if (!A || 'error' in A) throw new Error(A?.error);
  return A.frames;
}

const column = ([frame]: readonly Frame[], name: string) =>
  frame?.data.values[frame.schema.fields.findIndex((field) => field.name === name)];

const open = async (more: Record<string, unknown> = {}): Promise<unknown> =>
  Object.fromEntries(
    (await ask({ format: 'numeric', metric: 'open', ...more }))
      .filter(({ data }) => data.values[0]?.length === 1)
      .map(({ schema, data }) => [schema.fields[0]?.labels?.['incident'], data.values[0]?.[0]]),
  );

describe('the table', () => {
  it('has a row per incident that touches the range, as it was last written, and not what was retracted', async () => {
    const frames = await ask({ from: START * 1000, to: (START + 1) * 1000 });
    expect([...(column(frames, 'id') ?? [])].sort()).toEqual([
      ...['floor', 'goes-on', 'historical', 'info', 'over', 'over-at-once', 'over-lately'],
      ...['provisional', 'symptom'],
    ]);
    const [row] = await ask({ filters: [{ dimension: 'id', values: ['goes-on'] }] });
    expect(column(row ? [row] : [], 'rate')).toEqual([0.8]);
    expect(column(row ? [row] : [], 'start')).toEqual([START * 1000]);
    expect(column(row ? [row] : [], 'end')).toEqual([(START + 1800) * 1000]);
    expect(column(row ? [row] : [], 'ackBy')).toEqual(['bob']);
    expect(column(row ? [row] : [], 'note')).toEqual(['<b>called them</b>']);
  });

  it('leads to the dashboard about it at its time, and to those of what stands behind it', async () => {
    const frames = await ask({ filters: [{ dimension: 'id', values: ['goes-on'] }] });
    const address = (link: string) => {
      const { pathname, searchParams } = new URL(link, 'http://grafana');
      return [pathname, Object.fromEntries(searchParams)];
    };
    const [link] = column(frames, 'link') as string[];
    const window = { from: String((START - 1800) * 1000), to: String((START + 3600) * 1000) };
    expect(address(link ?? '')).toEqual([
      '/d/pmta-domains',
      { ...window, 'var-provider': 'gmail', 'var-vmta': 'VMTA-5' },
    ]);
    const [linked] = column(frames, 'linked') as unknown as { [name: string]: string | number }[][];
    expect(linked?.map((each) => ({ ...each, link: address(String(each['link'])) }))).toEqual([
      {
        ...{ dimension: 'job', value: 'J&17=x', share: 0.62 },
        link: ['/d/pmta-job', { ...window, 'var-provider': 'gmail', 'var-job': 'J&17=x' }],
      },
      {
        ...{ dimension: 'user', value: '88', share: 0.62 },
        link: ['/d/pmta-risk', { ...window, 'var-provider': 'gmail', 'var-user': '88' }],
      },
      {
        ...{ dimension: 'sourceIp', value: '192.0.2.1|,', share: 1 },
        link: [
          '/d/pmta-vmta',
          { ...window, 'var-provider': 'gmail', 'var-filters': 'sourceIp|=|192.0.2.1__gfp____gfc__' },
        ],
      },
    ]);
  });

  // Half-open, as every range is; what is open has not ended with the last step that was seen of it.
  it('leaves out what was over when the range begins, or begins when it ends', async () => {
    const after = { from: (START + 1800) * 1000, to: (START + 9000) * 1000 };
    expect(column(await ask(after), 'id')).toEqual(['floor', 'goes-on', 'info', 'provisional', 'symptom']);
    expect(column(await ask({ from: 0, to: START * 1000 }), 'id')).toEqual(['elsewhere']);
  });

  it('is filtered by what an incident has, and says what it cannot be filtered by', async () => {
    const filters = [{ dimension: 'provider', operator: 'regex', values: ['^ya'] }];
    expect(column(await ask({ filters }), 'id')).toEqual(['elsewhere']);
    const states = [{ dimension: 'state', operator: '=', values: ['retracted'] }];
    expect(column(await ask({ filters: states }), 'id')).toEqual(['retracted']);
    const [frame] = await ask({ filters: [...filters, { dimension: 'smtpStatus', values: ['4.7.0'] }] });
    expect(frame?.schema.meta?.notices?.[0]?.text).toContain('smtpStatus');
    expect(column(frame ? [frame] : [], 'id')).toEqual(['elsewhere']);
  });
});

describe('the alert state', () => {
  it('is 1 while it is open and for two minutes, 0 for ten, then nothing; whatever the range', async () => {
    const expected = { 'goes-on': 1, 'over-at-once': 1, 'over-lately': 0, retracted: 0 };
    expect(await open()).toEqual(expected);
    expect(await open({ from: 0, to: 1 })).toEqual(expected);
  });

  // A rule without a filter would page people for what only informs.
  it('has what only informs where kind or severity are asked for', async () => {
    expect(await open({ filters: [{ dimension: 'severity', values: ['info'] }] })).toEqual({
      info: 1,
      floor: 1,
    });
  });

  // It would be told a second time, under a name that says less.
  it('leaves out what only informs of an incident that has its own alert', async () => {
    const filters = [{ dimension: 'kind', values: ['success_floor'] }];
    expect(await open({ filters })).toEqual({ floor: 1 });
  });

  it('says when it began and was last seen, and in labels of its own what most of it belongs to', async () => {
    const filters = [{ dimension: 'id', values: ['goes-on'] }];
    const [start, end, details, rate] = await Promise.all(
      ['start', 'end', 'details', 'rate'].map(
        async (metric) => (await ask({ format: 'numeric', metric, filters }))[0],
      ),
    );
    expect([start, end].map((frame) => frame?.data.values[0]?.[0])).toEqual([
      START * 1000,
      (START + 1800) * 1000,
    ]);
    const [told, plain] = [details, rate].map((frame) => frame?.schema.fields[0]?.labels);
    // Grafana finds the details of an alert by this: they have all its labels.
    expect(told).toEqual({ ...plain, sender: '', node: '', ...BEHIND });
  });

  it('keeps the last numbers, and has the labels of the contract and no others', async () => {
    const frames = await ask({ format: 'numeric', metric: 'waiting' });
    expect(frames.map(({ data }) => data.values[0])).toEqual(frames.map(() => [40]));
    const [labels] = frames.map(({ schema }) => schema.fields[0]?.labels);
    expect(Object.keys(labels ?? {}).sort()).toEqual(
      ['incident', 'kind', 'job', 'pool', 'provider', 'severity', 'vmta'].sort(),
    );
    expect(new Set(frames.map(({ schema }) => schema.fields.length))).toEqual(new Set([1]));
    expect(frames[0]?.schema.meta?.type).toBe('numeric-multi');
  });
});

import { standardIncidents, writeLogs, type IncidentPlan } from '@pmta-watchtower/generator';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { complaintReporters, loadRules } from '../../formats';
import { openRoom, type Room } from '../../ingest/ingest.testkit';
import { answer, queryRequestSchema, type Frame, type IncidentSource, type KnownIncident } from '../../model';
import { countingReader, type CountingReader } from '../../model/statistics.testkit';
import { openReasons } from '../../reasons';
import { diagnosis } from '..';

type Row = Record<string, string | number | null>;

const DAY = 86_400;
const HOUR = 3600;
const START = Date.UTC(2026, 8, 15) / 1000;

/** The incidents of a log as the part that finds them tells of them. */
function sourceOf(plans: readonly IncidentPlan[]): IncidentSource {
  const known = plans.map((plan, index): KnownIncident => {
    const { kind, provider, vmta, pool, job } = plan;
    const entity = Object.fromEntries(
      Object.entries({ provider, vmta, pool, job }).filter(([, value]) => value !== undefined),
    );
    return {
      id: `I${index + 1}`,
      kind,
      severity: 'critical',
      start: plan.start * 1000,
      end: endOf(plan) * 1000,
      entity,
      sentence: kind,
      behind: [],
    };
  });
  return {
    findIncident: (id) => Promise.resolve(known.find((one) => one.id === id)),
    incidentsIn: ({ from, to }) =>
      Promise.resolve(known.filter(({ start, end }) => start < to && (end ?? Infinity) > from)),
  };
}

/** People complain up to an hour and a half after they got the mail. */
function endOf({ kind, end }: IncidentPlan): number {
  return kind === 'complaint_spike' ? end + 5400 : end;
}

const context = (incidents: IncidentSource) => ({
  timezone: 'UTC',
  complaintProviders: complaintReporters(loadRules()),
  diagnosis,
  incidents,
});

async function ask(
  { store }: Pick<Room, 'store'> | { store: CountingReader },
  incidents: IncidentSource,
  query: Record<string, unknown>,
): Promise<Frame> {
  const asked = { refId: 'A', queryType: 'causes', ...query };
  const request = queryRequestSchema.parse({ queries: [asked] });
  const { A: result } = (await answer(store, request, context(incidents))).results;
  if (!result || 'error' in result) throw new Error(result?.error);
  return result.frames[0] as Frame;
}

function rowsOf({ schema, data }: Frame): Row[] {
  return (data.values[0] ?? []).map((_, row) =>
    Object.fromEntries(
      schema.fields.map(({ name }, column) => [name, data.values[column]?.[row] as string | number | null]),
    ),
  );
}

/** What is the true cause of a kind of incident: where it is, and what is said of it. */
const TRUTHS: Readonly<Record<IncidentPlan['kind'], { place: string; said: RegExp }>> = {
  bounce_spike: { place: 'J-23', said: /bad-mailbox/ },
  throttling: { place: 'gmail, VMTA-5', said: /421-4\.7\.28/ },
  complaint_spike: { place: 'J-17', said: /complaints/ },
  block: { place: 'yahoo, pool-c', said: /TSS04/ },
  latency_anomaly: { place: 'microsoft', said: /takes mail slowly/ },
  vmta_dark: { place: 'VMTA-8', said: /fell silent: 0 attempts/ },
  provider_unreachable: { place: 'gmx', said: /no-answer-from-host/ },
};

async function loaded(folder: (room: Room) => Promise<string> | string): Promise<Room> {
  const room = await openRoom();
  const logs = await folder(room);
  for (const name of readdirSync(logs))
    expect(await room.load(name, readFileSync(path.join(logs, name)))).toMatchObject({ status: 'loaded' });
  await openReasons(room.store, loadRules());
  return room;
}

describe('a generated day', () => {
  const plans = standardIncidents(START, DAY);
  const incidents = sourceOf(plans);
  let room: Room;
  let counting: CountingReader;

  beforeAll(async () => {
    room = await loaded(async ({ dir }) => {
      const logs = path.join(dir, 'generated');
      mkdirSync(logs);
      await writeLogs(logs, { messages: 30_000, seed: 'causes', start: START });
      return logs;
    });
    counting = countingReader(room.dataDir);
  }, 300_000);

  afterAll(async () => {
    await counting.close();
    await room.close();
  });

  it.each(plans.map((plan, index) => [plan.kind, `I${index + 1}`, plan] as const))(
    '%s: the true cause of the incident comes first',
    async (kind, id, plan) => {
      const [first, ...evidence] = rowsOf(await ask(room, incidents, { incident: id }));
      const { place, said } = TRUTHS[plan.kind];
      expect(first).toMatchObject({ rank: 1, cause: kind, evidence: 'cause', value: place });
      expect(first?.['sentence']).toMatch(said);
      expect(evidence.map(({ evidence: of }) => of)).toContain('not');
    },
  );

  it.each(plans.map((plan) => [plan.kind, plan] as const))(
    '%s: of all mail of its time, it stands out by itself',
    async (kind, plan) => {
      const end = kind === 'complaint_spike' ? plan.end + 3600 : plan.end;
      const rows = rowsOf(await ask(room, incidents, { from: plan.start * 1000, to: end * 1000 }));
      const { place, said } = TRUTHS[plan.kind];
      expect(rows[0]).toMatchObject({ rank: 1, evidence: 'cause', value: place });
      expect(rows[0]?.['sentence']).toMatch(said);
    },
  );

  it('nothing is wrong with a quiet hour', async () => {
    const frame = await ask(room, incidents, {
      from: (START + 11.5 * HOUR) * 1000,
      to: (START + 12.5 * HOUR) * 1000,
    });
    expect(frame.data.values[0]).toEqual([]);
    expect(frame.schema.meta?.notices?.map(({ text }) => text)).toEqual([
      'Compared with the time right before it',
      'Nothing changed beyond what chance explains',
    ]);
  });

  it('shares are of the change: the jobs of a throttled path add up to it', async () => {
    const rows = rowsOf(await ask(room, incidents, { incident: 'I2' }));
    const [cause] = rows;
    const reasons = rows.filter(({ evidence }) => evidence === 'reason');
    expect(Number(cause?.['change'])).toBe(Number(cause?.['now']) - Number(cause?.['before']));
    const added = reasons.reduce((sum, { change }) => sum + Number(change), 0);
    expect(added).toBe(cause?.['change']);
    expect(reasons.reduce((sum, { share }) => sum + Number(share), 0)).toBeCloseTo(1, 6);
    const begun = rows
      .filter(({ evidence }) => evidence === 'before')
      .map(({ value }) => Date.parse(String(value)) / 1000);
    expect(begun).toEqual([...begun].sort());
    expect(begun[0]).toBeGreaterThanOrEqual(START + 10 * HOUR);
    expect(begun[0]).toBeLessThan(START + 10 * HOUR + 900);
  });

  it('an incident that is not there is told by its id', async () => {
    await expect(ask(room, incidents, { incident: 'I99' })).rejects.toThrow('there is no incident I99');
  });

  // Analysing a statement takes longer than running it over rollups.
  it.each([
    ['an incident', { incident: 'I2' }, 6],
    [
      'an hour in which something is wrong',
      { from: (START + 10 * HOUR) * 1000, to: (START + 11 * HOUR) * 1000 },
      6,
    ],
    ['a day with several causes', { from: START * 1000, to: (START + DAY) * 1000 }, 15],
  ])('%s: few statements, however much is told', async (_, query, most) => {
    counting.statements();
    const rows = rowsOf(await ask({ store: counting }, incidents, query));
    expect(rows.length).toBeGreaterThan(8);
    expect(counting.statements()).toBeLessThanOrEqual(most);
  });

  // Events at the ends of a month take longer to read than the month.
  it('of days the whole hours are compared, from rollups alone, and that is said', async () => {
    const query = { from: (START - DAY) * 1000 + 61_000, to: (START + DAY) * 1000 - 61_000 };
    const { meta } = (await ask(room, incidents, query)).schema;
    expect(meta?.custom?.['range']).toEqual([(START - DAY) * 1000, (START + DAY) * 1000]);
    expect(JSON.stringify(meta?.custom?.['sources'])).toMatch(/^(?!.*"raw").*"counts"/);
    expect(meta?.notices?.[0]?.text).toMatch(/^Compared with .*, in whole hours$/);
    const short = await ask(room, incidents, { from: query.from + DAY * 1000, to: query.to });
    expect(short.schema.meta?.custom?.['range']).toEqual([query.from + DAY * 1000, query.to]);
  });

  // The last one, as it makes the day larger.
  it('what whole hours read does not grow with the events', async () => {
    const within = `time >= toDateTime(${START + 2 * HOUR}, 'UTC') AND time < toDateTime(${START + 6 * HOUR}, 'UTC')`;
    const query = { from: (START + 4 * HOUR) * 1000, to: (START + 6 * HOUR) * 1000 };
    const reads = async () => {
      counting.rowsRead();
      expect((await ask({ store: counting }, incidents, query)).data.values[0]).toEqual([]);
      return counting.rowsRead();
    };
    const before = await reads();
    await room.store.write(
      `INSERT INTO watchtower.events SELECT * REPLACE (toUInt32(file + copy * 1000) AS file) FROM watchtower.events ARRAY JOIN range(1, 8) AS copy WHERE role = 0 AND sign = 1 AND record = 'd' AND latency BETWEEN 0 AND 5 AND ${within} SETTINGS async_insert = 0`,
    );
    const after = await reads();
    // Several times the events, and nothing that fares worse; the rollups have one part more, as long as the one before.
    expect(after / before).toBeLessThan(2.5);
  });
});

const SAMPLE = path.resolve(__dirname, '../../../../../shared/data/day-2026-09-15');

/** An incident of a truth file. */
interface Known {
  kind: IncidentPlan['kind'];
  entity: { isp?: string; vmta?: string | string[]; pool?: string; job?: string };
  start: number;
  end: number;
}

(existsSync(SAMPLE) ? describe : describe.skip)('the sample day beside the repository', () => {
  let room: Room;

  beforeAll(async () => {
    room = await loaded(() => path.join(SAMPLE, 'files'));
  }, 300_000);

  afterAll(() => room.close());

  it('the true cause of every incident comes first', async () => {
    const truth = JSON.parse(readFileSync(path.join(SAMPLE, 'truth.json'), 'utf8')) as { incidents: Known[] };
    const plans = truth.incidents.map(
      ({ kind, entity: { isp, vmta, pool, job }, start, end }): IncidentPlan => ({
        kind,
        start,
        end: kind === 'complaint_spike' ? end - 5400 : end,
        ...(isp !== undefined && { provider: isp }),
        ...(typeof vmta === 'string' && { vmta }),
        ...(pool !== undefined && { pool }),
        ...(job !== undefined && { job }),
      }),
    );
    expect(plans).toHaveLength(6);
    const incidents = sourceOf(plans);
    for (const [index, { kind }] of plans.entries()) {
      const [first] = rowsOf(await ask(room, incidents, { incident: `I${index + 1}` }));
      expect(first).toMatchObject({ cause: kind, value: TRUTHS[kind].place });
      expect(first?.['sentence']).toMatch(TRUTHS[kind].said);
    }
  });
});

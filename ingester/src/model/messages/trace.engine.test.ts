import { writeLogs, type LogOptions } from '@pmta-watchtower/generator';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { csv, delivery, freshHour, openRoom, stamp, type Room } from '../../ingest/ingest.testkit';
import { answer } from '../answer';
import type { Frame } from '../frames';
import { queryRequestSchema } from '../schema';

const DAY = resolve(__dirname, '../../../../../shared/data/day-2026-09-15');

/** A whole journey of the truth file. */
interface Chain {
  kind: string;
  messageId: string;
  jobId: string;
  rcpt: string;
  timeQueued: number;
  events: { t: number; type: string; info: string; vmta: string }[];
}

const STEP: Record<string, string> = { t: 'deferred', d: 'delivered', b: 'bounced', f: 'complaint' };

type Row = Record<string, string | number | null>;

async function trace(room: Room, query: Record<string, unknown>): Promise<{ rows: Row[]; frame: Frame }> {
  const request = queryRequestSchema.parse({ queries: [{ refId: 'A', queryType: 'trace', ...query }] });
  const { A: result } = (await answer(room.store, request, { timezone: 'UTC', complaintProviders: [] }))
    .results;
  if (!result || !('frames' in result)) throw new Error(JSON.stringify(result));
  const [frame] = result.frames as [Frame];
  const rows = (frame.data.values[0] ?? []).map((_, row) =>
    Object.fromEntries(
      frame.schema.fields.map(({ name }, column) => [name, frame.data.values[column]?.[row] as string]),
    ),
  );
  return { rows, frame };
}

/** The day is not part of the project: its tests are made only where it lies beside it. */
if (existsSync(DAY)) describe('the journeys of a known day', testDay);
else it.skip('the journeys of a known day', () => undefined);

function testDay(): void {
  let room: Room;
  const { chains, fbl_correlation } = JSON.parse(readFileSync(join(DAY, 'truth.json'), 'utf8')) as {
    chains: Chain[];
    fbl_correlation: Record<string, number>;
  };

  beforeAll(async () => {
    room = await openRoom();
    for (const name of readdirSync(join(DAY, 'files')))
      await room.load(name, readFileSync(join(DAY, 'files', name)));
  }, 120_000);

  afterAll(() => room.close());

  const own = (rows: Row[]) =>
    rows
      .filter(({ relation }) => relation === 'message')
      .map(({ time, step, vmta }) => ({ time: Number(time) / 1000, step, vmta }));

  it.each(chains.map((chain) => [chain.kind, chain.messageId, chain] as const))(
    '%s %s',
    async (_kind, messageId, { events, jobId, rcpt, timeQueued }) => {
      const vmta = events[0]?.vmta;
      const expected = events.map(({ t, type }) => ({ time: t, step: STEP[type], vmta }));
      const byId = await trace(room, { messageId });
      expect(own(byId.rows)).toEqual(expected);
      expect(own((await trace(room, { job: jobId, recipient: rcpt })).rows)).toEqual(expected);
      let before = timeQueued;
      for (const row of byId.rows.filter(({ relation }) => relation === 'message')) {
        expect(row.seconds).toBe(Number(row.time) / 1000 - before);
        before = Number(row.time) / 1000;
        const byEvent = await trace(room, { event: row.id });
        expect(own(byEvent.rows)).toEqual(expected);
      }
      const complaint = byId.rows.find(({ step }) => step === 'complaint');
      const method = events.find(({ type }) => type === 'f')?.info;
      expect(String(complaint?.method ?? '').replace(' (ambiguous)', '')).toBe(method ?? '');
    },
  );

  it('every complaint stands in the trace of one message, by the method that its line allows', async () => {
    const complaints = await room.store.read<{ id: string }>(
      `SELECT concat(toString(file), '-', toString(line)) AS id FROM watchtower.events WHERE record = 'f' AND role = 0 GROUP BY file, line HAVING sum(sign) > 0`,
    );
    const methods: Record<string, number> = {};
    for (const { id } of complaints) {
      const { rows } = await trace(room, { event: id });
      const complaint = rows.find((row) => row.id === id);
      expect(rows.map(({ step }) => step)).toContain('delivered');
      const method = String(complaint?.method).replace(' (ambiguous)', '');
      methods[method] = (methods[method] ?? 0) + 1;
    }
    expect(methods).toEqual(fbl_correlation);
  });
}

describe('the same journeys, however they were logged', () => {
  const start = Date.UTC(2026, 8, 15) / 1000;
  const variants: Record<string, Partial<LogOptions>> = {
    'a file per kind': {},
    'every attempt in tran too': { layout: 'seed' },
    'no Message-Id but in acct': {
      without: { bounce: ['header_Message-Id'], tran: ['header_Message-Id'] },
    },
    'no Message-Id anywhere': { without: { all: ['header_Message-Id'] } },
    'a return path per recipient': { verp: true },
  };
  let expected: Map<string, unknown[]> | undefined;

  it.each(Object.entries(variants))('%s', async (_name, variant) => {
    const room = await openRoom();
    const folder = join(room.dir, 'generated');
    mkdirSync(folder);
    const { files } = await writeLogs(folder, { messages: 400, seed: 'journeys', start, ...variant });
    for (const { name } of files) await room.load(name, readFileSync(join(folder, name)));
    const several = await room.store.read<{ job: string; recipient: string }>(
      `SELECT job, lower(rcpt) AS recipient FROM watchtower.events WHERE role = 0 AND record IN ('d', 'b', 't')
       GROUP BY job, recipient HAVING sum(sign) > 1 ORDER BY job, recipient LIMIT 25`,
    );
    const found = new Map<string, unknown[]>();
    for (const named of several) {
      const { rows } = await trace(room, { ...named });
      const own = rows.filter(({ relation, step }) => relation === 'message' && step !== 'complaint');
      found.set(
        `${named.job} ${named.recipient}`,
        own.map(({ time, step, vmta, seconds }) => ({ time, step, vmta, seconds })),
      );
    }
    expected ??= found;
    expect(several.length).toBeGreaterThan(5);
    expect(found).toEqual(expected);
    await room.close();
  });
});

describe('what cannot be told apart', () => {
  let room: Room;
  const hour = freshHour();
  const columns = ['type', 'timeLogged', 'rcpt', 'feedbackType'];

  beforeAll(async () => {
    room = await openRoom();
    const again = { rcpt: 'user1@gmail.com', 'header_Message-Id': '<second@sender.example>', vmta: 'vmta9' };
    const both = { 'header_Message-Id': '<both@sender.example>' };
    await room.load(
      'acct.csv',
      csv([delivery(hour, 1), delivery(hour, 50, again), delivery(hour, 2, both), delivery(hour, 3, both)]),
    );
    const complaint = { type: 'f', timeLogged: stamp(hour + 100), rcpt: 'user1@gmail.com' };
    const stranger = { type: 'f', timeLogged: stamp(hour + 100), rcpt: 'nobody@gmail.com' };
    await room.load('fbl.csv', csv([complaint, stranger], columns));
  });

  afterAll(() => room.close());

  it('is put to the nearest delivery and called ambiguous, on the row and in a notice', async () => {
    const { rows, frame } = await trace(room, { messageId: 'second@sender.example' });
    expect(rows).toMatchObject([
      { step: 'delivered', method: 'messageId' },
      { step: 'complaint', method: 'rcpt+time (ambiguous)', confidence: expect.closeTo(0.3), vmta: 'vmta9' },
    ]);
    expect(frame.schema.meta?.notices).toEqual([
      {
        severity: 'warning',
        text: '1 of the events may belong to another message: the method says ambiguous',
      },
    ]);
    expect((await trace(room, { messageId: `m${hour}-1@sender.example` })).rows).toHaveLength(1);
  });

  it('a complaint without a delivery stands alone', async () => {
    const [stranger] = await room.store.read<{ id: string }>(
      `SELECT concat(toString(file), '-', toString(line)) AS id FROM watchtower.events WHERE rcpt = 'nobody@gmail.com'`,
    );
    expect((await trace(room, { event: stranger?.id })).rows).toMatchObject([
      { step: 'complaint', method: '', confidence: 0, seconds: null },
    ]);
  });

  it('a Message-Id of several recipients shows each in turn and says so; a recipient picks one', async () => {
    const { rows, frame } = await trace(room, { messageId: '<both@sender.example>' });
    expect(rows.map(({ recipient }) => recipient)).toEqual(['user2@gmail.com', 'user3@gmail.com']);
    expect(frame.schema.meta?.notices?.[0]?.text).toMatch(/^2 messages are meant/);
    const one = await trace(room, { messageId: 'both@sender.example', recipient: 'User3@gmail.com' });
    expect(one.rows).toMatchObject([{ recipient: 'user3@gmail.com' }]);
  });

  it('an event of a queue belongs to no message', async () => {
    const cells = { type: 'rb', timeLogged: stamp(hour + 1), vmta: 'vmta7', domain: 'gmail.com' };
    await room.load('rb.csv', csv([cells], ['type', 'timeLogged', 'vmta', 'domain']));
    const [event] = await room.store.read<{ id: string }>(
      `SELECT concat(toString(file), '-', toString(line)) AS id FROM watchtower.events WHERE record = 'block'`,
    );
    expect((await trace(room, { event: event?.id })).rows).toEqual([]);
  });

  it('a file that was deleted leaves no step behind', async () => {
    const again = await room.load(
      'tran.csv',
      csv([delivery(hour, 1, { type: 't', timeLogged: stamp(hour - 1) })]),
    );
    const id = { messageId: `m${hour}-1@sender.example` };
    expect((await trace(room, id)).rows.map(({ step }) => step)).toEqual(['deferred', 'delivered']);
    await room.ingest.remove(again.id);
    expect((await trace(room, id)).rows.map(({ step }) => step)).toEqual(['delivered']);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openRoom, type Room } from '../ingest/ingest.testkit';
import { answer } from './answer';
import type { Frame } from './frames';
import { queryRequestSchema } from './schema';

const DAY = resolve(__dirname, '../../../../shared/data/day-2026-09-15');

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

const described = existsSync(DAY) ? describe : describe.skip;

described('the journeys of a known day', () => {
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
});

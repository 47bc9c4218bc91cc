import { answer } from './answer';
import { seeded, valueIn, type TestEvent } from './recount.testkit';
import { queryRequestSchema } from './schema';
import { fillWithCorrections, openTestStore, type TestStore } from './store.testkit';

const FROM = Date.UTC(2026, 2, 27) / 1000;
const TO = FROM + 3 * 86_400;

let opened: TestStore;
let current: TestEvent[];

beforeAll(async () => {
  opened = await openTestStore();
  current = (await fillWithCorrections(opened.store, 1500, FROM, TO, seeded(3))).filter(
    ({ role }) => role === 0,
  );
});

afterAll(() => opened.close());

async function values(query: Record<string, unknown>): Promise<{ values: unknown[]; notices: unknown }> {
  const asked = { refId: 'A', queryType: 'values', from: FROM * 1000, to: TO * 1000, ...query };
  const request = queryRequestSchema.parse({ queries: [asked] });
  const { A: result } = (await answer(opened.store, request, { timezone: 'UTC', complaintProviders: [] }))
    .results;
  if (!result || !('frames' in result)) throw new Error(result?.error);
  const [frame] = result.frames;
  return { values: [...(frame?.data.values[0] ?? [])], notices: frame?.schema.meta?.notices };
}

const counted = (event: TestEvent) =>
  ['d', 'b', 't'].includes(event.record) && event.bounceCategory !== 'message-expired';

function expected(dimension: string, events: readonly TestEvent[]): string[] {
  const attempts = new Map<string, number>();
  for (const event of events) {
    const value = valueIn(event, dimension);
    const attempt = counted(event) || event.record === 't' ? 1 : 0;
    if (value !== '') attempts.set(value, (attempts.get(value) ?? 0) + attempt);
  }
  return [...attempts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value);
}

test.each(['provider', 'sender', 'job', 'recipient', 'messageId', 'outcome', 'eventType', 'destinationIp'])(
  'the values of %s are those of the events that stand, most attempts first, and none is empty',
  async (dimension) => {
    expect((await values({ dimension })).values).toEqual(expected(dimension, current));
  },
);

test('values can be searched in either case, limited with a notice, and asked for under conditions', async () => {
  expect((await values({ dimension: 'provider', search: 'GMA' })).values).toEqual(['gmail']);
  expect((await values({ dimension: 'sender', search: '<X>' })).values).toEqual(['Café <x>']);
  const all = expected('recipient', current);
  const cut = await values({ dimension: 'recipient', limit: 2 });
  expect(cut.values).toEqual(all.slice(0, 2));
  expect(cut.notices).toEqual([
    { severity: 'info', text: `Cut to 2 values, most attempts first; ${all.length - 2} more are left out` },
  ]);
  const job = { dimension: 'job', operator: '=', values: ['J-2'] };
  expect((await values({ dimension: 'vmta', filters: [job] })).values).toEqual(
    expected(
      'vmta',
      current.filter((event) => event.job === 'J-2'),
    ),
  );
});

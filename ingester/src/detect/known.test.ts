import { openTestStore, type TestStore } from '../model/store.testkit';
import { knownIncidents } from '.';

const HOUR = 3600;
const START = 1_789_466_400;

let opened: TestStore;

const incident = (id: string, more: Record<string, unknown> = {}) => ({
  ...{ id, kind: 'throttling', severity: 'warning', state: 'closed', provider: 'gmail', vmta: 'VMTA-5' },
  ...{ start: START, finish: START + HOUR, sentence: `${id} is wrong`, version: 1 },
  ...more,
});

beforeAll(async () => {
  opened = await openTestStore();
  await opened.store.append('incidents', [
    incident('closed'),
    incident('open', { state: 'open', start: START + HOUR, finish: START + 2 * HOUR }),
    incident('retracted', { state: 'retracted' }),
    incident('mailing', {
      ...{ kind: 'bounce_spike', provider: '', vmta: '', sender: 'shop.example', start: 1000, finish: 2000 },
      behind: '[["sourceIp","192.0.2.1",0.7]]',
    }),
    incident('backfill', { kind: 'backfill', provider: '', vmta: '', start: 1000, finish: 2000 }),
  ]);
});

afterAll(() => opened.close());

// Causes of an incident are looked for where and when it was: a wrong end or a lost entity blames others.
it('finds an incident with what it is about, open ones without an end, retracted ones not at all', async () => {
  const known = knownIncidents(opened.store);
  expect(await known.findIncident('closed')).toEqual({
    ...{ id: 'closed', kind: 'throttling', severity: 'warning', sentence: 'closed is wrong' },
    ...{ start: START * 1000, end: (START + HOUR) * 1000, entity: { provider: 'gmail', vmta: 'VMTA-5' } },
    behind: [],
  });
  expect(await known.findIncident('open')).toMatchObject({ start: (START + HOUR) * 1000, end: null });
  // Mail without a job is known by its sender's domain: asked as a sender it would have no mail at all.
  expect(await known.findIncident('mailing')).toMatchObject({
    entity: { senderDomain: 'shop.example' },
    behind: [['sourceIp', '192.0.2.1', 0.7]],
  });
  expect(await known.findIncident('retracted')).toBeUndefined();
  expect(await known.findIncident("' OR 1 --")).toBeUndefined();
});

it.each([
  ['touch the range at either end', START + HOUR - 1, START + HOUR + 1, ['closed', 'open']],
  ['only meet it do not count', START + HOUR, START + HOUR, []],
  // What tells of many old ones is about nothing, and would stand for everything.
  ['are one for many do not count', 0, 3000, ['mailing']],
  ['are open go on', START + 90 * HOUR, START + 91 * HOUR, ['open']],
])('those that %s', async (_, from, to, ids) => {
  const found = await knownIncidents(opened.store).incidentsIn({ from: from * 1000, to: to * 1000 });
  expect(found.map(({ id }) => id)).toEqual(ids);
});

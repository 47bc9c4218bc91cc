import { ranked, type Card } from './card';

const card = (id: string, more: Partial<Card> = {}): Card => ({
  ...{ id, kind: 'trend', severity: 'info', sentence: id, link: '', weight: 1 },
  ...more,
});

test('cards come worst first, without those that say no more than another one', () => {
  const covered = card('trend:deferrals', { severity: 'warning' });
  const incident = card('incident:1', { kind: 'incident', covers: (id) => id === covered.id });
  const worst = card('risk:job:7', { kind: 'risk', severity: 'critical' });
  expect(ranked([covered, incident, card('trend:bounces'), worst], 2)).toEqual([worst, incident]);
});

// A month holds thousands of incidents: asking each about each took a second.
test('cards that cover others are not asked about one another', () => {
  const asked: string[] = [];
  const incidents = Array.from({ length: 50 }, (_, index) =>
    card(`incident:${index}`, { kind: 'incident', covers: (id) => asked.push(id) < 0 }),
  );
  ranked([...incidents, card('trend:bounces')], 6);
  expect(asked).toEqual(Array(50).fill('trend:bounces'));
});

import { InjectionCurve } from './curve';
import { Incidents, standardIncidents } from './incidents';
import { Lives } from './messages';

const START = 1789430400;
const DAY = 86400;

function lives(count: number, seed = 'x'): Lives {
  return new Lives(seed, count, new InjectionCurve(START, DAY), new Incidents(standardIncidents(START, DAY)));
}

test('a message is the same whichever messages were asked for before', () => {
  const forwards = lives(500);
  const backwards = lives(500);
  const first = Array.from({ length: 500 }, (_, index) => forwards.at(index));
  const second = Array.from({ length: 500 }, (_, i) => backwards.at(499 - i)).reverse();
  expect(second).toEqual(first);
  expect(lives(500, 'y').at(7)).not.toEqual(first[7]);
});

test('identifiers never repeat within a seed and injection times never fall', () => {
  const all = lives(200_000);
  const ids = new Set<number>();
  const tags = new Set<number>();
  let queued = START;
  let inOrder = true;
  for (let index = 0; index < 200_000; index++) {
    const message = all.at(index);
    ids.add(message.id);
    tags.add(message.tag);
    inOrder &&= message.queued >= queued && message.queued < START + DAY;
    queued = message.queued;
  }
  expect(inOrder).toBe(true);
  expect([ids.size, tags.size]).toEqual([200_000, 200_000]);
});

test('a life is deferrals in order of time and then one final outcome', () => {
  const all = lives(20_000);
  for (let index = 0; index < 20_000; index++) {
    const { attempts, queued, complaint } = all.at(index);
    const types = attempts.map(({ type }) => type).join('');
    expect(types).toMatch(/^t{0,4}[db]$/);
    expect(attempts.at(-1)?.reason.category === 'message-expired').toBe(types === 'ttttb');
    let before = queued;
    for (const { time } of attempts) {
      expect(time).toBeGreaterThanOrEqual(before);
      before = time;
    }
    if (complaint) expect(complaint.time).toBeGreaterThan(before);
  }
});

test('mail follows the day: the morning peak has over twice the volume of the night', () => {
  const curve = new InjectionCurve(START, DAY);
  const hours = new Array<number>(24).fill(0);
  for (let i = 0; i < 10_000; i++) hours[Math.floor((curve.at(i / 10_000) - START) / 3600)]!++;
  expect(hours.reduce((sum, n) => sum + n, 0)).toBe(10_000);
  expect(hours[10]).toBeGreaterThan(2 * (hours[3] as number));
});

test('a curve that starts in the middle of a minute and is shorter than one stays inside its stretch', () => {
  const curve = new InjectionCurve(START + 17, 41);
  expect([curve.at(0), curve.at(0.999999)]).toEqual([START + 17, START + 57]);
});

import { DarkEvaluator, type ActivityRow } from './dark';
import { SHIPPED_RULES } from './loadRules';
import { STEP } from './rules';

const START = 1_789_430_400;
const STEPS = 36;
const HOUR = 12;
const DAY = 24 * HOUR;

/** Stretches of steps, without their ends. */
type Stretch = readonly [from: number, to: number];

/** Which VMTAs are dark where each has ten events a step, but for the steps in which it is silent. */
async function dark(
  silent: Readonly<Record<string, readonly Stretch[]>>,
  waiting = 0,
  more: readonly string[] = [],
  steps: Stretch = [0, STEPS],
): Promise<string[]> {
  const rows = ['a/v1', 'a/v2', 'b/v3', 'b/v4', 'c/v5', ...more].flatMap((name): ActivityRow[] => {
    const [pool = '', vmta = ''] = name.split('/');
    const stretches = silent[vmta] ?? [];
    return Array.from({ length: steps[1] }, (_, i) => i)
      .filter((i) => !stretches.some(([from, to]) => i >= from && i < to))
      .map((i) => ({ at: START + i * STEP, node: 'mta1', pool, vmta, events: 10 }));
  });
  const newest = new Map([['mta1', START + steps[1] * STEP]]);
  const evaluator = new DarkEvaluator(SHIPPED_RULES, newest, [], () => Promise.resolve(waiting));
  evaluator.load(rows);
  const found = new Set<string>();
  for (let i = steps[0]; i < steps[1]; i++)
    for (const { entity } of await evaluator.step(START + i * STEP)) found.add(entity.vmta ?? '');
  return [...found];
}

it('a VMTA is dark where it is silent and its pool goes on, whatever waits', async () => {
  expect(await dark({ v1: [[27, 33]] })).toEqual(['v1']);
  expect(await dark({ v1: [[31, 33]] })).toEqual([]);
});

// The last of a pool's mail is tried again by one VMTA or another, when the pool is given nothing more.
it('a VMTA is idle where hardly anything is heard of its pool', async () => {
  const pool = ['d/v6', 'd/v7', 'd/v8', 'd/v9'];
  expect(await dark({ v6: [[27, 33]], v7: [[27, 33]], v8: [[27, 33]] }, 0, pool)).toEqual([]);
  expect(await dark({ v6: [[27, 33]] }, 0, pool)).toEqual(['v6']);
});

// The only VMTA of a pool, and a pool whose network is gone, have no peers that go on: mail that waits tells them from idle ones.
it('a pool that is silent as a whole is dark where messages wait on it, and idle where none do', async () => {
  expect(await dark({ v5: [[27, 33]] }, 10)).toEqual(['v5']);
  expect(await dark({ v1: [[27, 33]], v2: [[27, 33]] }, 10)).toEqual(['v1', 'v2']);
  expect(await dark({ v1: [[27, 33]], v2: [[27, 33]] }, 9)).toEqual([]);
});

it('nothing is dark where most are silent: that is less mail, or a node', async () => {
  const silent = Object.fromEntries(['v1', 'v2', 'v3', 'v4'].map((name) => [name, [[27, 33] as const]]));
  expect(await dark(silent, 100)).toEqual([]);
});

// A VMTA of a customer who mails until ten every evening would wake somebody every night, while others of its pool go on.
it('a VMTA that falls silent at its time of day is idle, unless mail waits on it', async () => {
  const evening: Stretch = [22 * HOUR, 30 * HOUR];
  const second: Stretch = [DAY, 2 * DAY];
  const night = (from: number, to: number) => ({ v1: [evening, [DAY + from, DAY + to]] as const });
  expect(await dark(night(22 * HOUR - 9, 2 * DAY), 0, [], second)).toEqual([]);
  expect(await dark(night(22 * HOUR + 9, 2 * DAY), 0, [], second)).toEqual([]);
  expect(await dark(night(22 * HOUR, 2 * DAY), 10, [], second)).toEqual(['v1']);
  expect(await dark(night(20 * HOUR, 21 * HOUR), 0, [], second)).toEqual(['v1']);
  const daily = [20, 44].map((hour) => [hour * HOUR, hour * HOUR + 18] as const);
  expect(await dark({ v1: daily }, 0, [], second)).toEqual(['v1']);
});

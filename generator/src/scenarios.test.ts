import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { randomIncidents, scenarioOf, type ScenarioName } from './scenarios';
import { base, cleanUp, content, rowsOf, START, write } from './testing/read';
import type { Truth } from './truth';

afterAll(cleanUp);

const size = { messages: 60_000, seed: 's' };
const certain = ({ incidents }: Truth): string[] =>
  incidents
    .filter((incident) => incident.certain)
    .map(({ kind }) => kind)
    .sort();

test.each<[ScenarioName, string[]]>([
  ['quiet', []],
  ['campaign_ends', []],
  ['pool_idle', []],
  ['greylisting', []],
  ['warm_up', []],
  ['late_node', []],
  ['clock_back', []],
  ['clock_forward', []],
  ['back_off', ['throttling']],
  ['provider_down', ['provider_unreachable']],
  ['late_node_incident', ['throttling']],
  [
    'standard',
    [
      'block',
      'bounce_spike',
      'complaint_spike',
      'latency_anomaly',
      'provider_unreachable',
      'throttling',
      'vmta_dark',
    ],
  ],
])('%s has the incidents that must be found, and no other', async (name, kinds) => {
  const { options } = scenarioOf(name, size);
  const { truth } = await write(options);
  expect(certain(truth)).toEqual(kinds);
  expect(truth.incidents).toHaveLength(kinds.length);
});

test('in a week hardly any mail goes out at weekends', async () => {
  const { options } = scenarioOf('week', { messages: 2000, seed: 's' });
  const { folder } = await write(options);
  const days = new Map<number, number>();
  for (const { timeQueued = '' } of rowsOf(folder, 'acct')) {
    const day = new Date(`${timeQueued.slice(0, 10)}T00:00:00Z`).getUTCDay();
    days.set(day, (days.get(day) ?? 0) + 1);
  }
  expect(days.get(6)).toBeLessThan(0.15 * (days.get(1) ?? 0));
});

test('a scenario is written in any form, with the same truth', async () => {
  const scenario = (form = {}) => scenarioOf('random', { messages: 20_000, seed: '7' }, form).options;
  const { truth } = await write(scenario());
  expect(truth.incidents.length).toBeGreaterThan(5);
  const other = await write(scenario({ layout: 'mixed', style: 'quoted', time: 'epoch', zone: 'UTC' }));
  expect(other.truth.incidents).toEqual(truth.incidents);
});

test('an incident with next to no mail need not be found', async () => {
  const { options } = scenarioOf('standard', { messages: 1000, seed: 's' });
  expect(certain((await write(options)).truth)).toEqual([]);
});

test('random incidents are those of their seed, each at an entity of its own, one after the other', () => {
  for (let seed = 0; seed < 50; seed++) {
    const plans = randomIncidents(String(seed), START, 86400);
    expect(randomIncidents(String(seed), START, 86400)).toEqual(plans);
    expect(plans.length).toBeGreaterThan(5);
    const owners = plans.map(({ kind, provider, job, vmta }) => job ?? provider ?? `${kind} ${vmta}`);
    expect(new Set(owners).size).toBe(plans.length);
    plans.forEach(({ start, end }, i) => {
      expect(start).toBeGreaterThanOrEqual(START + 4 * 3600);
      expect(end - start).toBeGreaterThanOrEqual(1800);
      expect(end).toBeLessThanOrEqual(START + 86400);
      expect(start).toBeGreaterThan(plans[i - 1]?.end ?? 0);
    });
  }
  expect(randomIncidents('0', START, 86400)).not.toEqual(randomIncidents('1', START, 86400));
});

// Benchmarks and other repositories' figures rest on these bytes: new options must not change a day that lacks them.
test('a day without the new options has the bytes it always had', async () => {
  const { folder } = await write(base);
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(name).update(content(folder, name));
  expect(hash.digest('hex')).toBe('f3c247df610468f9923b8dc7eda517dfa3bb1bf9770a7b89e52ab0a173ef30f5');
});

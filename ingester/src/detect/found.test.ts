import {
  scenarioNames,
  scenarioOf,
  type IncidentTruth,
  type LogOptions,
  type ScenarioName,
} from '@pmta-watchtower/generator';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { arrivalPlan, arrive, writeScenario } from '../../../generator/src/testing/arrival';
import { compareIncidents, type Found } from '../../../generator/src/testing/compare';
import { openWatch, type Watch } from './detect.testkit';
import type { IncidentRecord } from './records';
import { INFO_KINDS } from './rules';

/** A day (or more) of a scenario: messages a day, and how it is written. The seed chooses the mail. */
type Case = [name: ScenarioName, messages: number, seed: string, form?: Partial<LogOptions>];

const NEW_YORK: Partial<LogOptions> = { zone: 'America/New_York', layout: 'mixed', style: 'quoted' };
const KOLKATA: Partial<LogOptions> = { zone: 'Asia/Kolkata', layout: 'seed' };
const SIX_HOURS = { rotate: { seconds: 6 * 3600 } };

const CASES: Case[] = [
  ['quiet', 30_000, 'calm', NEW_YORK],
  ['quiet', 8000, 'still', { time: 'epoch', gzip: true }],
  ['standard', 40_000, 'other', NEW_YORK],
  ['random', 30_000, '7', { layout: 'mixed', time: 'epoch' }],
  ['random', 30_000, '11', KOLKATA],
  ['campaign_ends', 15_000, 'a', KOLKATA],
  ['pool_idle', 15_000, 'b', { layout: 'mixed' }],
  ['back_off', 30_000, 'c', NEW_YORK],
  ['greylisting', 15_000, 'd', { style: 'quoted' }],
  ['provider_down', 30_000, 'e', { layout: 'seed' }],
  ['warm_up', 10_000, 'f', NEW_YORK],
  ['late_node', 15_000, 'g', { ...SIX_HOURS, layout: 'mixed' }],
  ['late_node_incident', 30_000, 'h', { ...SIX_HOURS, layout: 'mixed' }],
  ['week', 3000, 'i', { layout: 'mixed' }],
  ['clock_back', 6000, 'j', { layout: 'mixed' }],
  ['clock_forward', 6000, 'k', { layout: 'mixed' }],
];

/** What pages somebody: what only informs and what may still be explained does not. */
function paging(records: readonly IncidentRecord[]): (Found & { id: string })[] {
  return records
    .filter(({ kind, state }) => !INFO_KINDS.has(kind) && state !== 'provisional')
    .map(({ finish, ...record }) => ({ ...record, end: finish }));
}

let watch: Watch;
let folder: string;
let now = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watchtower-found-'));
  watch = await openWatch({ now: () => now * 1000 });
});

afterEach(async () => {
  await watch.close();
  rmSync(folder, { recursive: true });
});

it('has every scenario there is', () => {
  expect(new Set(CASES.map(([name]) => name))).toEqual(new Set(scenarioNames));
});

// Whoever is woken for nothing turns the alerts off; whoever is not woken has no use for them.
it.each(CASES)(
  '%s, %d messages a day (%s): what was planned, and nothing else at any time',
  async (name, messages, seed, form) => {
    const scenario = scenarioOf(name, { messages, seed }, form);
    const { late } = scenario;
    const { truth } = await writeScenario(folder, scenario);
    const due = new Map(
      truth.files.map((file) => [file.name, file.last + (late[dirname(file.name)] ?? 0) + 60] as const),
    );
    const plan = arrivalPlan(truth.files, { seed, late });
    const paged = new Map<string, IncidentRecord>();
    for (const [index, arrival] of plan.entries()) {
      const path = await arrive(folder, join(folder, 'arrived'), arrival);
      const node = dirname(arrival.name) === '.' ? {} : { node: dirname(arrival.name) };
      await (
        await watch.room.ingest.submit(path, { origin: 'cli', ...node })
      ).done;
      now = due.get(arrival.source) ?? 0;
      const next = due.get(plan[index + 1]?.source ?? '') ?? Infinity;
      if (next - now < 3600) continue;
      for (const record of await watch.look()) if (record.state === 'open') paged.set(record.id, record);
    }
    now += 86_400;
    const found = paging(await watch.look());
    const { missed, surplus } = compareIncidents(found, truth.incidents);
    // What is planned near the minimum volume may be found in part.
    const partly = truth.incidents.filter(({ certain }) => !certain);
    const isPart = ({ kind, start, end, ...of }: Found) =>
      partly.some(
        ({ entity, ...plan }) =>
          kind === plan.kind &&
          start < plan.end &&
          end > plan.start &&
          [entity.isp, entity.vmta, entity.pool, entity.job].join() ===
            [of.provider, of.vmta, of.pool, of.job].join(),
      );
    expect({ missed, surplus: surplus.filter((each) => !isPart(each)) }).toEqual({ missed: [], surplus: [] });
    const standing = new Set(found.map(({ id }) => id));
    expect(paging([...paged.values()]).filter(({ id }) => !standing.has(id))).toEqual([]);
  },
  300_000,
);

/** A folder with `files/*.csv.gz` and `truth.json`, where there is one beside the project. */
const sample = process.env['SAMPLE_DAY'] ?? '';

(existsSync(join(sample, 'truth.json')) ? it : it.skip)(
  'on the sample day, exactly the true incidents',
  async () => {
    const files = join(sample, 'files');
    now = Math.floor(Date.now() / 1000);
    const all = await watch.load(...readdirSync(files).map((name) => join(files, name)));
    // The last of its mail is sent again after its end.
    expect(all.filter(({ kind }) => kind === 'logs_stopped')).toEqual([]);
    const found = paging(all);
    const { incidents } = JSON.parse(readFileSync(join(sample, 'truth.json'), 'utf8')) as {
      incidents: IncidentTruth[];
    };
    const known = incidents.map((each) => ({
      ...each,
      certain: true,
      entity: { ...each.entity, ...(Array.isArray(each.entity.vmta) && { vmta: '' }) },
    }));
    const { missed, surplus } = compareIncidents(found, known);
    expect({ missed, surplus }).toEqual({ missed: [], surplus: [] });
  },
  300_000,
);

import { standardIncidents, type IncidentPlan } from '@pmta-watchtower/generator';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generated, openWatch, type Watch } from './detect.testkit';
import type { IncidentRecord } from './records';

/** A day of logs that is over long before it is loaded. */
const START = 1_789_430_400;
const DAY = 86_400;

const INFO = /^(new_reason|success_floor|logs_stopped|ingest_failure)$/;

interface Truth {
  kind: string;
  entity: Record<string, unknown>;
  start: number;
  end: number;
}

/** What is wrong between incidents and the truth: missing ones, ones that are not true, and times that are off. */
function mistakes(found: readonly IncidentRecord[], truth: readonly Truth[]): unknown[] {
  const left = new Set(found.filter(({ kind }) => !INFO.test(kind)));
  const wrong: unknown[] = [];
  for (const { kind, entity, start, end } of truth) {
    const vmta = Array.isArray(entity['vmta']) ? '' : (entity['vmta'] ?? '');
    const wanted = [entity['isp'] ?? '', entity['pool'] ?? '', vmta, entity['job'] ?? ''];
    const record = [...left].find(
      (each) =>
        each.kind === kind &&
        [each.provider, each.pool, each.vmta, each.job].every((value, i) => value === wanted[i]),
    );
    if (!record) {
      wrong.push({ missing: kind, entity });
      continue;
    }
    left.delete(record);
    // One window of the rule. Complaints come after the mail that draws them, and thin out.
    const [early, late] = kind === 'complaint_spike' ? [3600, 3600] : [900, 900];
    if (Math.abs(record.start - start) > early) wrong.push({ kind, begins: record.start - start });
    if (Math.abs(record.finish - end) > late) wrong.push({ kind, ends: record.finish - end });
  }
  return [...wrong, ...[...left].map(({ kind, sentence }) => ({ notTrue: kind, sentence }))];
}

let watch: Watch;

beforeEach(async () => {
  watch = await openWatch();
});

afterEach(() => watch.close());

/** A folder with `files/*.csv.gz` and `truth.json`, where there is one beside the project. */
const sample = process.env['SAMPLE_DAY'] ?? '';

(existsSync(join(sample, 'truth.json')) ? it : it.skip)(
  'on the sample day, exactly the true incidents',
  async () => {
    const files = join(sample, 'files');
    const records = await watch.load(...readdirSync(files).map((name) => join(files, name)));
    const { incidents } = JSON.parse(readFileSync(join(sample, 'truth.json'), 'utf8')) as {
      incidents: Truth[];
    };
    expect(mistakes(records, incidents)).toEqual([]);
  },
  300_000,
);

it('on a generated day, exactly the incidents that were planned', async () => {
  const { paths, truth, remove } = await generated({
    ...{ messages: 100_000, seed: 'found', start: START },
    incidents: standardIncidents(START, DAY),
  });
  const records = await watch.load(...paths);
  // A complaint spike lasts as long as what was mailed in its time is complained about.
  const wanted = truth.incidents.map((each) =>
    each.kind === 'complaint_spike' ? { ...each, end: each.end + 5400 } : each,
  );
  expect(mistakes(records, wanted)).toEqual([]);
  expect(new Set(truth.incidents.map(({ kind }) => kind)).size).toBe(7);
  remove();
}, 300_000);

it.each([
  [30_000, 'calm'],
  [100_000, 'quiet'],
  [60_000, 'still'],
])(
  'on a quiet day of %d messages (%s), nothing',
  async (messages, seed) => {
    const { paths, remove } = await generated({
      messages,
      seed,
      start: START,
      incidents: [] as IncidentPlan[],
    });
    expect((await watch.load(...paths)).map(({ sentence }) => sentence)).toEqual([]);
    remove();
  },
  300_000,
);

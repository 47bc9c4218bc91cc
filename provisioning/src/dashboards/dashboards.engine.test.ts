import { complaintReporters, loadRules } from '../../../ingester/src/formats';
import { diagnosis, knownIncidents } from '../../../ingester/src/detect';
import { generated, openWatch, type Watch } from '../../../ingester/src/detect/detect.testkit';
import { answer, type AnswerContext, type Frame } from '../../../ingester/src/model';
import { changeUsers } from '../../../ingester/src/users';
import { dashboards } from '.';
import { askedBy, atAll, panelsOf, type Asked } from './testing';

const START = 1_789_430_400;
const HOUR = 3600;

/** Panels, or questions of them, without a row on the generated day: what they show has not happened there. */
const EMPTY: readonly string[] = [
  // Nothing goes on any more when a day is loaded that was over long before.
  'Open incidents',
  'VMTAs C',
  // What is asked of Grafana's stream.
  'Live',
  // A message has to be chosen first, or an incident.
  'Life of the message',
  'Events of the message',
  // All servers say what they said the day before, no node falls silent, every row can be read, nobody was told.
  'New reasons',
  'Silent VMTAs and nodes',
  'Rows that could not be loaded',
  'Log of alerts',
];

let watch: Watch;
let context: AnswerContext;

beforeAll(async () => {
  watch = await openWatch();
  const { paths, remove } = await generated({
    messages: 6000,
    seed: 'dashboards',
    start: START,
    received: true,
  });
  await watch.load(...paths);
  remove();
  const jobs = await watch.room.store.read<{ job: string }>(
    "SELECT DISTINCT job FROM watchtower.events WHERE job != ''",
  );
  await changeUsers(
    watch.room.store,
    jobs.map(({ job }, index) => ({ job, user: `user-${index % 5}` })),
  );
  context = {
    timezone: 'UTC',
    complaintProviders: complaintReporters(loadRules()),
    files: watch.room.ingest,
    incidents: knownIncidents(watch.room.store),
    diagnosis,
  };
});

afterAll(() => watch.close());

/** What a panel of this many points gets for a question over some days. */
async function ask(asked: Asked, points: number, days: number): Promise<readonly Frame[]> {
  // In the middle of a block, so that some of the mail still waits.
  const to = (START + 16 * HOUR) * 1000;
  const from = to - days * 24 * HOUR * 1000;
  const query = { ...atAll(asked, { vmta: "'VMTA-1', 'VMTA-2'", plan: '100, 200' }), maxDataPoints: points };
  const { results } = await answer(watch.room.store, { from, to, queries: [query] }, context);
  const result = results[asked.refId];
  if (!result || !('frames' in result)) throw new Error(result?.error ?? 'no answer');
  return result.frames;
}

const all = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).flatMap((panel) =>
    askedBy(panel)
      .filter(({ queryType }) => queryType !== 'live' && queryType !== 'trace')
      .map((asked) => ({ name: `${dashboard.uid}: ${panel.title} ${asked.refId}`, panel, asked })),
  ),
);

/** What several dashboards ask alike is asked once. */
const panels = [...new Map(all.map((each) => [JSON.stringify(each.asked), each])).values()];

// Without it a panel could be empty, or failed, on every site.
test.each(panels)('$name has something to show', async ({ panel, asked }) => {
  const frames = await ask(asked, panel.maxDataPoints ?? 1000, 1);
  const filled = frames.filter(({ data }) =>
    data.values.some((column) => column.some((value) => value !== null && value !== '')),
  );
  const names = [panel.title ?? '', `${panel.title} ${asked.refId}`];
  if (!names.some((name) => EMPTY.includes(name))) expect(filled.length).toBeGreaterThan(0);
});

interface Source {
  readonly table: string;
  readonly grain: string;
}

/** Panels that single events are read for, each because no rollup can know what it shows. */
const RAW: readonly string[] = ['Deliveries by size', 'Oldest waits', 'Backlog by age'];

// Without it a dashboard of 30 days would read a hundred million events to be opened.
test.each(panels.filter(({ asked }) => ['metrics', 'flows', 'risk', 'values'].includes(asked.queryType)))(
  '$name is answered from rollups over 30 days',
  async ({ panel, asked }) => {
    const [frame] = await ask(asked, panel.maxDataPoints ?? 1000, 30);
    const { sources = [] } = (frame?.schema.meta?.custom ?? {}) as { sources?: Source[] };
    expect(sources.length > 0 || asked.queryType === 'risk').toBe(true);
    const raw = sources.filter(({ table }) => table === 'events');
    if (!RAW.includes(panel.title ?? '')) expect(raw).toEqual([]);
  },
);

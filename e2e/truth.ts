import type { Frame } from '../ingester/src/model';
import { chainDifferences, correlationDifferences, type Chain, type Correlation } from './chains';

/** Figures of one cell of a truth file. */
interface Figures {
  delivered: number;
  bounced: number;
  hard: number;
  soft: number;
  deferrals: number;
  deferred_messages: number;
  complaints: number;
  rb: number;
}

interface Latency {
  n: number;
  avg: number | null;
  max: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** The part of a truth.json that is compared: what is true of a set of logs, however they were written. */
export interface Truth {
  messages: Figures;
  remote_bounced_after_delivery: number;
  by_isp: Record<string, Figures>;
  by_domain: Record<string, Figures>;
  by_vmta: Record<string, Figures>;
  by_pool: Record<string, Figures>;
  by_job: Record<string, Figures>;
  by_sender_domain: Record<string, Figures>;
  by_bounce_category: Record<string, { count: number }>;
  by_domain_vmta: Record<string, Partial<Figures>>;
  minute: { start: number } & Record<(typeof BY_MINUTE)[number], number[]>;
  /** `by_isp_hour`: by provider and hour since the start, `gmail|07`. */
  latency: { all: Latency; by_isp: Record<string, Latency>; by_isp_hour?: Record<string, Latency> };
  fbl_correlation: Correlation;
  chains?: Chain[];
}

/** Sends one query (without refId) and gives its frames. */
export type Ask = (query: Record<string, unknown>) => Promise<readonly Frame[]>;

type Cells = Map<string, Record<string, number>>;

/** Truth's name for each metric. `rb` is both meanings of the record: block log and remote bounces. */
const METRICS: Record<string, readonly string[]> = {
  delivered: ['delivered'],
  bounced: ['bounced'],
  hard: ['hardBounced'],
  soft: ['softBounced'],
  deferrals: ['deferrals'],
  deferred_messages: ['deferredMessages'],
  complaints: ['complaints'],
  rb: ['blocks', 'remoteBounces'],
};

const ALL = Object.values(METRICS).flat();

/** What truth counts by minute, with the metrics of figures that only stand there. */
const BY_MINUTE = ['delivered', 'bounced', 'deferrals', 'complaints', 'rb', 'backlog'] as const;
const metricsOf = (figure: string) => METRICS[figure] ?? [figure];

/** Truth's name for the recipient domains without a provider of their own. */
const UNLISTED = 'corporate';

/** A day on either side, so that the window holds every event whatever its zone. */
const MARGIN = 2 * 86_400_000;

/** Every difference between the answers and the truth, one line each; none where all is right. */
export async function differences(ask: Ask, truth: Truth): Promise<string[]> {
  const start = truth.minute.start * 1000;
  const range = { from: start - MARGIN, to: start + truth.minute.delivered.length * 60_000 + MARGIN };
  const table = async (groupBy: string[], metrics = ALL): Promise<Cells> =>
    cellsOf(groupBy, await ask({ ...range, queryType: 'metrics', format: 'table', metrics, groupBy }));
  const own = Object.keys(METRICS);
  return [
    ...compare('total', { '': truth.messages }, await table([]), own),
    ...compare('provider', truth.by_isp, foldUnlisted(await table(['provider'])), own),
    ...compare('domain', truth.by_domain, await table(['domain']), own),
    ...compare('vmta', truth.by_vmta, await table(['vmta']), own),
    ...compare('pool', truth.by_pool, await table(['pool']), own),
    ...compare('job', truth.by_job, await table(['job']), own),
    ...compare('senderDomain', truth.by_sender_domain, await table(['senderDomain']), own),
    ...paths(truth, await table(['domain', 'vmta'])),
    ...compare('bounceCategory', categories(truth), await table(['bounceCategory'], ['bounced']), [
      'bounced',
    ]),
    ...(await minutes(ask, truth, range)),
    ...(await latencies(ask, truth, range)),
    ...(await hourlyLatencies(ask, truth, range)),
    ...(await correlationDifferences(ask, truth.fbl_correlation, range)),
    ...(await chainDifferences(ask, truth.chains ?? [], range)),
  ];
}

/** Truth lists the paths of the larger domains only. */
function paths({ by_domain_vmta }: Truth, found: Cells): string[] {
  const listed = new Map([...found].filter(([name]) => name in by_domain_vmta));
  return compare('domain|vmta', by_domain_vmta, listed, ['delivered', 'bounced', 'deferrals']);
}

/** Rows of a table answer by their dimensions' values, joined by `|`. */
function cellsOf(groupBy: readonly string[], frames: readonly Frame[]): Cells {
  const cells: Cells = new Map();
  for (const { schema, data } of frames) {
    const rows = data.values[0]?.length ?? 0;
    for (let row = 0; row < rows; row++) {
      const values = schema.fields.map(({ name }, column) => [name, data.values[column]?.[row]] as const);
      const cell = new Map(values);
      const key = groupBy.map((name) => cell.get(name) as string).join('|');
      cells.set(key, Object.fromEntries(values.map(([name, value]) => [name, Number(value)])));
    }
  }
  return cells;
}

/** Points of series without labels, by their time in ISO 8601. */
function seriesOf(frames: readonly Frame[]): Cells {
  const cells: Cells = new Map();
  for (const { schema, data } of frames) {
    const [times = [], values = []] = data.values;
    const metric = schema.fields[1]?.name ?? '';
    times.forEach((time, index) => {
      const key = new Date(Number(time)).toISOString();
      cells.set(key, { ...cells.get(key), [metric]: Number(values[index] ?? 0) });
    });
  }
  return cells;
}

function foldUnlisted(cells: Cells): Cells {
  const folded: Cells = new Map();
  for (const [name, cell] of cells) {
    const key = name.includes('.') ? UNLISTED : name;
    const sum = folded.get(key) ?? {};
    for (const [metric, value] of Object.entries(cell)) sum[metric] = (sum[metric] ?? 0) + value;
    folded.set(key, sum);
  }
  return folded;
}

function categories({ by_bounce_category }: Truth): Record<string, Partial<Figures>> {
  return Object.fromEntries(
    Object.entries(by_bounce_category).map(([name, { count }]) => [name, { bounced: count }]),
  );
}

/** Compares the given figures in every cell that either side knows; events without a value stand in none of truth's. */
function compare(
  what: string,
  expected: Record<string, Partial<Figures>>,
  found: Cells,
  figures: readonly string[],
): string[] {
  const names = new Set([...Object.keys(expected), ...found.keys()]);
  if (what !== 'total') names.delete('');
  return [...names].flatMap((name) =>
    figures.flatMap((figure) => {
      const wanted = (expected[name] as Record<string, number> | undefined)?.[figure] ?? 0;
      const got = metricsOf(figure).reduce((sum, metric) => sum + (found.get(name)?.[metric] ?? 0), 0);
      return wanted === got ? [] : [`${what} ${name}: ${figure} is ${got}, must be ${wanted}`];
    }),
  );
}

async function minutes(ask: Ask, truth: Truth, range: { from: number; to: number }): Promise<string[]> {
  const figures = BY_MINUTE;
  const frames = await ask({
    ...range,
    queryType: 'metrics',
    format: 'timeseries',
    metrics: figures.flatMap(metricsOf),
    intervalMs: 60_000,
    maxDataPoints: 11_000,
  });
  const expected: Record<string, Partial<Figures>> = {};
  truth.minute.delivered.forEach((_, index) => {
    const key = new Date((truth.minute.start + index * 60) * 1000).toISOString();
    expected[key] = Object.fromEntries(figures.map((figure) => [figure, truth.minute[figure][index] ?? 0]));
  });
  return compare('minute', expected, seriesOf(frames), figures);
}

const LATENCY_METRICS = ['delivered', 'latencyAvg', 'latencyMax', 'latencyP50', 'latencyP95', 'latencyP99'];

function provider(name: string): object[] {
  return name === UNLISTED
    ? [{ dimension: 'provider', operator: 'contains', values: ['.'] }]
    : [{ dimension: 'provider', operator: '=', values: [name] }];
}

async function latencies(ask: Ask, truth: Truth, range: { from: number; to: number }): Promise<string[]> {
  const metrics = LATENCY_METRICS;
  const one = async (filters: object[]): Promise<Record<string, number> | undefined> =>
    cellsOf([], await ask({ ...range, queryType: 'metrics', format: 'table', metrics, filters })).get('');
  const lines = latencyDifferences('all', truth.latency.all, await one([]));
  for (const [name, expected] of Object.entries(truth.latency.by_isp)) {
    if (expected.n > 0) lines.push(...latencyDifferences(name, expected, await one(provider(name))));
  }
  return lines;
}

async function hourlyLatencies(
  ask: Ask,
  { latency: { by_isp_hour: hours = {} }, minute: { start } }: Truth,
  range: { from: number; to: number },
): Promise<string[]> {
  const lines: string[] = [];
  for (const name of new Set(Object.keys(hours).map((key) => key.split('|', 1)[0] ?? ''))) {
    const query = { queryType: 'metrics', format: 'timeseries', metrics: LATENCY_METRICS };
    const step = { intervalMs: 3_600_000, maxDataPoints: 11_000 };
    const found = seriesOf(await ask({ ...range, ...query, ...step, filters: provider(name) }));
    for (const [key, expected] of Object.entries(hours).filter(([key]) => key.startsWith(`${name}|`))) {
      const hour = new Date((start + Number(key.slice(name.length + 1)) * 3600) * 1000).toISOString();
      if (expected.n > 0) lines.push(...latencyDifferences(key, expected, found.get(hour)));
    }
  }
  return lines;
}

/** n and max are exact; truth's mean has six decimals; a quantile may be 1 % or one second away. */
function latencyDifferences(name: string, expected: Latency, found: Record<string, number> = {}): string[] {
  const quantile = (wanted: number | null): number => Math.max(1, (wanted ?? 0) / 100);
  const checks: [string, number | null, string, number][] = [
    ['n', expected.n, 'delivered', 0],
    ['avg', expected.avg, 'latencyAvg', 1e-6],
    ['max', expected.max, 'latencyMax', 0],
    ['p50', expected.p50, 'latencyP50', quantile(expected.p50)],
    ['p95', expected.p95, 'latencyP95', quantile(expected.p95)],
    ['p99', expected.p99, 'latencyP99', quantile(expected.p99)],
  ];
  return checks
    .filter(([, wanted, metric, slack]) => !(Math.abs((wanted ?? NaN) - (found[metric] ?? NaN)) <= slack))
    .map(([figure, wanted, metric]) => `latency ${name}: ${figure} is ${found[metric]}, must be ${wanted}`);
}

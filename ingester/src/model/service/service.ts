import { z } from 'zod';
import type { Store } from '../../store';
import type { AnswerContext } from '../context';
import { rollupSql } from '../metrics/counters';
import { QueryError } from '../errors';
import { allFiles, filesOf, type FileEntry } from './files';
import { numericFrames, seriesFrames, type Frame } from '../frames';
import { rangeShape, unknown } from '../schema';
import { standingEvents } from '../standing';

const HOUR = 3600;

/** What a figure of the service is computed from. */
interface Sources {
  readonly read: Store['read'];
  readonly files: () => Promise<FileEntry[]>;
  /** Epoch ms. */
  readonly now: number;
}

interface Figure {
  readonly description: string;
  readonly unit: 'short' | 's';
  readonly of: (sources: Sources) => Promise<number | null>;
}

const WAITING = ['queued', 'loading'];
const FAILED = ['failed', 'rejected'];

/** The figures of the service by name, as they are now. An entry here adds it to the schema. */
export const serviceFigures = {
  newestEventAgeSeconds: {
    description: 'Age of the newest event; null without any',
    unit: 's',
    of: ({ read, now }) => newestEventAge(read, now),
  },
  ingestLagSeconds: {
    description: 'How long the oldest file waits or loads',
    unit: 's',
    of: async ({ files, now }) => {
      const since = (await files())
        .filter(({ status }) => WAITING.includes(status))
        .map(({ queuedAt }) => (queuedAt === null ? now : Date.parse(queuedAt)));
      return since.length === 0 ? 0 : (now - Math.min(...since)) / 1000;
    },
  },
  queuedFiles: {
    description: 'Files that wait or load',
    unit: 'short',
    of: (sources) => count(sources, WAITING),
  },
  failedFiles: {
    description: 'Files that failed or were rejected',
    unit: 'short',
    of: (sources) => count(sources, FAILED),
  },
  ingestErrors: {
    description: 'Rows of all files that could not be loaded',
    unit: 'short',
    of: async ({ files }) => (await files()).reduce((sum, { errors }) => sum + errors, 0),
  },
  storeUp: {
    description: '1 while the store answers, else 0',
    unit: 'short',
    of: ({ read }) =>
      read('SELECT 1').then(
        () => 1,
        () => 0,
      ),
  },
  alertsSent: {
    description: 'Alerts that Grafana told the log of alerts, firing ones',
    unit: 'short',
    of: async ({ read }) =>
      (await read<{ n: number }>(`SELECT count() AS n FROM watchtower.alerts WHERE status = 'firing'`))[0]
        ?.n ?? 0,
  },
} as const satisfies Record<string, Figure>;

type FigureName = keyof typeof serviceFigures;

const NAMES = Object.keys(serviceFigures) as FigureName[];
const FORMATS = ['numeric', 'timeseries'] as const;

/** A query of type `service`: figures of the service itself, as they are now whatever the range. */
export const serviceQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('service'),
  metrics: z
    .array(z.enum(NAMES, { error: unknown('figure of the service', NAMES) }), {
      error: 'an array of names',
    })
    .min(1, 'at least one figure'),
  format: z.enum(FORMATS, { error: unknown('format', FORMATS) }).default('numeric'),
});

/** Answers with one frame per figure; as a timeseries it has one point, now. */
export async function answerService(
  store: Pick<Store, 'read'>,
  query: z.infer<typeof serviceQuerySchema>,
  context: AnswerContext,
): Promise<Frame[]> {
  const names = [...new Set(query.metrics)];
  if (query.format === 'numeric' && names.length > 1)
    throw new QueryError(400, 'metrics: format numeric takes one metric');
  const now = Date.now();
  let known: Promise<FileEntry[]> | undefined;
  const sources: Sources = {
    read: (sql, options) =>
      store.read(sql, { ...options, ...(context.signal && { signal: context.signal }) }),
    files: () => (known ??= gathered(context)),
    now,
  };
  const frames = await Promise.all(
    names.map(async (name) => {
      const { unit, of } = serviceFigures[name];
      const series = [{ labels: {}, values: [[await of(sources)]] }];
      const options = { refId: query.refId, notices: [], custom: {} };
      return query.format === 'numeric'
        ? numericFrames({ name, unit }, series, options)
        : seriesFrames([now], [{ name, unit }], series, options);
    }),
  );
  return frames.flat();
}

async function gathered(context: AnswerContext): Promise<FileEntry[]> {
  const files: FileEntry[] = [];
  for await (const file of allFiles(filesOf(context))) files.push(file);
  return files;
}

async function count({ files }: Sources, statuses: readonly string[]): Promise<number> {
  return (await files()).filter(({ status }) => statuses.includes(status)).length;
}

/** Seconds from the newest event to `now` (epoch ms), null without any: the rollup knows the hour, the events of that hour the second. */
export async function newestEventAge(read: Store['read'], now: number): Promise<number | null> {
  const events = rollupSql('events');
  const [newest] = await read<{ hour: number }>(
    `SELECT toUnixTimestamp(time) AS hour FROM watchtower.dimension_hour WHERE dimension = 'all'
     GROUP BY time HAVING ${events} > 0 ORDER BY time DESC LIMIT 1`,
  );
  if (!newest) return null;
  const [row] = await read<{ newest: number }>(
    `SELECT toUnixTimestamp(max(time)) AS newest ${standingEvents([], [[newest.hour, newest.hour + HOUR]])}`,
  );
  return row ? Math.max(0, now / 1000 - row.newest) : null;
}

import { z } from 'zod';
import { CAUSE_COLUMNS, INSIGHT_COLUMNS, RISK_COLUMNS } from '../../detect';
import type { FileRecord, IngestError } from '../../ingest';
import {
  dimensions,
  eventColumns,
  FILE_STATUSES,
  INCIDENT_COLUMNS,
  MESSAGE_COLUMNS,
  metrics,
  RISK_DIMENSIONS,
  TRACE_COLUMNS,
  type Column,
  type ColumnKind,
  type ModelDescription,
} from '../../model';
import type { ErrorEnvelope } from '../errors';

const count = z.int().min(0);
const iso = z.iso.datetime();
const texts = z.record(z.string(), z.string());

/** What every request that fails is answered with. */
export const errorEnvelope = z.object({
  error: z.object({
    code: z.string().describe('a stable word for programs'),
    message: z.string().describe('a sentence for people'),
    details: z.unknown().describe('each wrong field with what is wrong; null where there is nothing to add'),
  }),
}) satisfies z.ZodType<ErrorEnvelope>;

/** A log file. */
export const logFile = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string().describe('record types that it holds'),
  node: z.string().describe('server it came from'),
  sha256: z.string().describe('of the decompressed content'),
  bytes: count.describe('of the decompressed content'),
  rows: count.describe('events + duplicates + errors once it is loaded'),
  events: count,
  duplicates: count,
  errors: count,
  status: z.enum(FILE_STATUSES),
  message: z.string().describe('why it was rejected or failed'),
  progress: z.object({ bytes: count, rows: count }),
  queuedAt: iso.nullable(),
  startedAt: iso.nullable(),
  finishedAt: iso.nullable(),
  firstEvent: iso.nullable(),
  lastEvent: iso.nullable(),
}) satisfies z.ZodType<FileRecord>;

/** A row of a file that could not be loaded. */
export const fileError = z.object({
  line: count,
  reason: z.string(),
  raw: z.string().describe('start of its text'),
}) satisfies z.ZodType<IngestError>;

/** What stands behind an incident. */
const linked = z.array(
  z.object({
    dimension: z.string(),
    value: z.string(),
    share: z.number().describe('of what is wrong, 0 to 1'),
    link: z.string(),
  }),
);

const notice = z.object({ severity: z.enum(['info', 'warning', 'error']), text: z.string() });

/** A Grafana data frame. */
export const dataFrame = z.object({
  schema: z.object({
    refId: z.string(),
    meta: z
      .object({
        type: z.enum(['timeseries-multi', 'numeric-multi', 'log-lines', 'heatmap-rows']).optional(),
        typeVersion: z.tuple([z.number(), z.number()]).optional(),
        preferredVisualisationType: z.literal('logs').optional(),
        notices: z.array(notice).optional(),
        custom: z.record(z.string(), z.unknown()).optional().describe('what the answer was read from'),
      })
      .optional(),
    fields: z.array(
      z.object({
        name: z.string(),
        type: z.enum(['time', 'number', 'string', 'other']),
        typeInfo: z.object({
          frame: z.enum(['time.Time', 'float64', 'string', 'json.RawMessage']),
          nullable: z.boolean(),
        }),
        labels: texts.optional(),
        config: z
          .object({ unit: z.string().optional(), custom: z.record(z.string(), z.unknown()).optional() })
          .optional(),
      }),
    ),
  }),
  data: z.object({
    values: z
      .array(z.array(z.union([z.string(), z.number(), z.null(), texts, linked])))
      .describe('one array per field, all of one length; times are epoch milliseconds'),
  }),
});

/** The answers to the queries of a request, by refId. A query that fails does so alone. */
export const queryResponse = z.object({
  results: z.record(
    z.string(),
    z.union([
      z.object({ status: z.literal(200), frames: z.array(dataFrame) }),
      z.object({ status: z.int().min(400), error: z.string(), errorSource: z.literal('downstream') }),
    ]),
  ),
});

const CELLS: Readonly<Record<ColumnKind, z.ZodType>> = {
  text: z.string(),
  number: z.number().nullable(),
  instant: iso.nullable(),
  time: iso,
  json: texts,
};

function rowOf(columns: readonly Pick<Column, 'name' | 'kind'>[]): z.ZodObject {
  return z.object(Object.fromEntries(columns.map(({ name, kind }) => [name, CELLS[kind]])));
}

/** An event: the columns that were asked for, `header:<name>` among them. */
export const eventRow = rowOf(
  Object.entries<{ kind: ColumnKind }>(eventColumns).map(([name, { kind }]) => ({
    name,
    kind: kind === 'time' ? 'instant' : kind,
  })),
)
  .partial()
  .catchall(z.string());

/** A message with its final state. */
export const messageRow = rowOf(MESSAGE_COLUMNS);

/** An incident. */
export const incidentRow = rowOf(INCIDENT_COLUMNS).extend({ linked });

/** A step of a message's life. */
export const traceRow = rowOf(TRACE_COLUMNS);

/** Figures by name: counts, rates from 0 to 1, seconds, bytes; null where there is nothing to say. */
export const figures = rowOf(Object.keys(metrics).map((name) => ({ name, kind: 'number' }))).partial();

/** A row of figures, with the values it is grouped by and the start of its step. */
export const figuresRow = figures.extend({
  time: iso.optional(),
  ...Object.fromEntries(Object.keys(dimensions).map((name) => [name, z.string().optional()])),
});

/** A cause, or a piece of its evidence. */
export const causeRow = rowOf(CAUSE_COLUMNS);

/** A card of insights. */
export const insightRow = rowOf(INSIGHT_COLUMNS).extend({ linked });

/** A value of the dimension that was asked for, with its risk. */
export const riskRow = rowOf(RISK_COLUMNS).extend(
  Object.fromEntries(RISK_DIMENSIONS.map((name) => [name, z.string().optional()])),
);

/** A bucket of a histogram: from `xMin` to below `xMax`. */
export const bucketRow = z.object({
  bucket: z.string(),
  xMin: z.number(),
  xMax: z.number().nullable(),
  count: z.number(),
});

/** What is to be known about an answer, in sentences. */
export const notices = z.array(z.string());

/** A page of a list under its name; `next` is the cursor of the page after it. */
export function page(name: string, row: z.ZodType): z.ZodType {
  return z.object({ [name]: z.array(row), next: z.string().nullable() });
}

const described = { name: z.string(), description: z.string() };
const unit = z.string().nullable();

/** The model: everything a question can be built from. */
export const model = z.object({
  queryTypes: z.array(z.object(described)),
  metrics: z.array(
    z.object({
      ...described,
      unit: z.enum(['short', 'percentunit', 's', 'bytes']),
      denominator: z.string().nullable().describe('metric that it is drawn beside'),
      minimum: z.number().nullable().describe('volume of the denominator below which it says little'),
      count: z.boolean().describe('0 where there is nothing; every other metric is null there'),
    }),
  ),
  dimensions: z.array(
    z.object({
      ...described,
      groupBy: z.boolean().describe('figures can be split by it; every dimension can be filtered by'),
      path: z.boolean().describe('flows can lead over it'),
    }),
  ),
  riskDimensions: z.array(z.string()).describe('dimensions that a risk can be told of'),
  operators: z.array(z.object(described)),
  formats: z.array(z.object(described)),
  distributions: z.array(z.object({ field: z.string(), edges: z.array(z.number()) })),
  eventColumns: z.array(
    z.object({ ...described, kind: z.enum(['text', 'number', 'instant', 'time', 'json']), unit }),
  ),
  serviceFigures: z.array(z.object({ ...described, unit: z.string() })),
  sql: z.object({
    tables: z.array(
      z.object({
        ...described,
        recipients: z.boolean().describe('a viewer may not read it'),
        columns: z.array(z.object({ ...described, type: z.string(), unit })),
      }),
    ),
    macros: z.array(z.object(described)),
    functions: z.array(z.string()),
    aggregates: z.array(z.string()),
    combinators: z.array(z.string()).describe('may stand behind the name of an aggregate'),
    maxRows: count,
  }),
}) satisfies z.ZodType<ModelDescription>;

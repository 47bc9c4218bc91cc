import { z } from 'zod';
import type { Store } from '../store';
import { QueryError } from './errors';
import { numericFrames, rowsFrame, type Column, type Frame } from './frames';
import { filtersSchema, limitSchema, LIMITS, rangeShape, unknown } from './schema';

/** What is known of an incident, in the order of its columns. Times are epoch ms, rates 0 to 1. */
const INCIDENT_COLUMNS: readonly Column[] = [
  { name: 'id', kind: 'text' },
  { name: 'kind', kind: 'text' },
  { name: 'severity', kind: 'text' },
  { name: 'state', kind: 'text' },
  { name: 'provider', kind: 'text' },
  { name: 'domain', kind: 'text' },
  { name: 'vmta', kind: 'text' },
  { name: 'pool', kind: 'text' },
  { name: 'job', kind: 'text' },
  { name: 'sender', kind: 'text' },
  { name: 'node', kind: 'text' },
  { name: 'start', kind: 'instant' },
  { name: 'end', kind: 'instant' },
  { name: 'openedAt', kind: 'instant' },
  { name: 'detectedAt', kind: 'instant' },
  { name: 'historical', kind: 'number' },
  { name: 'sentence', kind: 'text' },
  { name: 'rate', kind: 'number', unit: 'percentunit' },
  { name: 'baseline', kind: 'number', unit: 'percentunit' },
  { name: 'waiting', kind: 'number', unit: 'short' },
  { name: 'attempts', kind: 'number', unit: 'short' },
  { name: 'ackBy', kind: 'text' },
  { name: 'note', kind: 'text' },
];

/** What an insight card shows, in the order of its columns. */
const INSIGHT_COLUMNS: readonly Column[] = [
  { name: 'id', kind: 'text' },
  { name: 'severity', kind: 'text' },
  { name: 'sentence', kind: 'text' },
  { name: 'link', kind: 'text' },
];

/** The numbers of an incident that alert rules ask for, one at a time. */
const ALERT_METRICS = {
  open: 'short',
  rate: 'percentunit',
  baseline: 'percentunit',
  waiting: 'short',
} as const;

const METRICS = Object.keys(ALERT_METRICS) as (keyof typeof ALERT_METRICS)[];
const FORMATS = ['table', 'numeric'] as const;

/** A query of type `incidents`: a row per incident that touches the range, or with format numeric the alert state. */
export const incidentsQuerySchema = z
  .object({
    ...rangeShape,
    queryType: z.literal('incidents'),
    filters: filtersSchema,
    format: z.enum(FORMATS, { error: unknown('format', FORMATS) }).default('table'),
    metric: z.enum(METRICS, { error: unknown('metric of an incident', METRICS) }).optional(),
    limit: limitSchema(LIMITS.rows),
  })
  .superRefine(({ format, metric }, context) => {
    if (format === 'numeric' && metric === undefined)
      context.addIssue({ code: 'custom', path: ['metric'], message: `one of ${METRICS.join(', ')}` });
  });

/** A query of type `insights`: the cards worth reading now. */
export const insightsQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('insights'),
  filters: filtersSchema,
  limit: limitSchema(LIMITS.rows),
});

/** Nothing looks for incidents in this version: the answer has every field and no row. */
export function answerIncidents(
  _store: Pick<Store, 'read'>,
  { refId, format, metric }: z.infer<typeof incidentsQuerySchema>,
): Promise<Frame[]> {
  const options = { refId, notices: [], custom: {} };
  if (format === 'table') return Promise.resolve([rowsFrame(INCIDENT_COLUMNS, [], options)]);
  if (!metric) throw new QueryError(400, 'metric: is missing');
  return Promise.resolve(numericFrames({ name: metric, unit: ALERT_METRICS[metric] }, [], options));
}

/** Nothing looks for insights in this version: the answer has every field and no row. */
export function answerInsights(
  _store: Pick<Store, 'read'>,
  { refId }: z.infer<typeof insightsQuerySchema>,
): Promise<Frame[]> {
  return Promise.resolve([rowsFrame(INSIGHT_COLUMNS, [], { refId, notices: [], custom: {} })]);
}

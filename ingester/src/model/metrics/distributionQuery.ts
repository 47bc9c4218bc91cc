import { z } from 'zod';
import { LIMITS, filtersSchema, groupBySchema, limitSchema, rangeShape, stepShape, unknown } from '../schema';

/** What values are counted by, and the edges between their buckets where a query brings none: seconds or bytes. */
export const DEFAULT_EDGES = {
  latency: [1, 3, 10, 30, 60, 300],
  size: [1_000, 10_000, 100_000, 1_000_000, 10_000_000],
  queueAge: [60, 300, 900, 3600, 14_400, 86_400],
} as const;

/** Name of what values are counted by. */
export type DistributionField = keyof typeof DEFAULT_EDGES;

const FIELDS = Object.keys(DEFAULT_EDGES) as DistributionField[];

/**
 * A metrics query that counts by value: latencies and sizes of deliveries, or the ages of the messages that wait at
 * the end of the range (of each step in a heatmap). Buckets are half-open, `edge <= value < next edge`.
 */
export const distributionQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('metrics'),
  format: z.enum(['histogram', 'heatmap'], {
    error: unknown('format for a field', ['histogram', 'heatmap']),
  }),
  field: z.enum(FIELDS, { error: unknown('field', FIELDS) }).default('latency'),
  buckets: z
    .array(z.int('a whole number').min(1, 'must be at least 1'), { error: 'an array of edges' })
    .min(1, 'at least one edge')
    .max(100, 'at most 100 edges')
    .refine((edges) => edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? 0)), {
      error: 'edges must rise',
    })
    .optional(),
  groupBy: groupBySchema,
  filters: filtersSchema,
  ...stepShape,
  limit: limitSchema(LIMITS.metrics),
});

/** A checked query of a distribution. */
export type DistributionQuery = z.infer<typeof distributionQuerySchema>;

/** Whether a metrics query, not checked yet, asks for a distribution. */
export function isDistribution(query: unknown): boolean {
  if (typeof query !== 'object' || query === null) return false;
  return (
    ('format' in query && query.format === 'histogram') || ('field' in query && query.field !== undefined)
  );
}

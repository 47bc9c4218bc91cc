import { z } from 'zod';
import { filtersSchema, limitSchema, rangeShape, unknown } from '../schema';

/** What a risk can be told of: who sends, and as a view of their reputation the routes. */
export const RISK_DIMENSIONS = [
  'sender',
  'senderDomain',
  'job',
  'user',
  'vmta',
  'sourceIp',
  'provider',
] as const;

/** Most cards of insights: more are not read. */
export const MOST_INSIGHTS = 8;

/** A query of type `risk`: the values of a dimension by their risk in the week before the end of the range, worst first. */
export const riskQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('risk'),
  dimension: z
    .enum(RISK_DIMENSIONS, { error: unknown('dimension of a risk', RISK_DIMENSIONS) })
    .default('sender'),
  filters: filtersSchema,
  limit: limitSchema(10_000),
});

/** A checked query of type `risk`. */
export type RiskQuery = z.infer<typeof riskQuerySchema>;

/**
 * A query of type `causes`: why the mail of the range that the filters let through fared worse than before, or that of
 * an incident, whose own time and place then count. `limit` bounds the causes, each of which brings its evidence.
 */
export const causesQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('causes'),
  incident: z
    .string('a text')
    .min(1, 'must not be empty')
    .max(200, 'must have at most 200 characters')
    .optional(),
  filters: filtersSchema,
  limit: limitSchema(50),
});

/** A checked query of type `causes`. */
export type CausesQuery = z.infer<typeof causesQuerySchema>;

/** A query of type `insights`: the few cards worth reading at the end of the range, worst first. */
export const insightsQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('insights'),
  filters: filtersSchema,
  limit: limitSchema(MOST_INSIGHTS),
});

/** A checked query of type `insights`. */
export type InsightsQuery = z.infer<typeof insightsQuerySchema>;

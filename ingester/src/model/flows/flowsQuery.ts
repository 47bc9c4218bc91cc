import { z } from 'zod';
import { GROUPING } from '../dimensions';
import { filtersSchema, limitSchema, rangeShape, unknown } from '../schema';

/** Most dimensions of a path. */
export const MAX_PATH = 5;

/** Dimensions a path can lead over: those that can be grouped by, and what became of the mail. */
export const PATH_DIMENSIONS = [...GROUPING, 'outcome'] as const;

/** Most values of a level that stand for themselves. */
export const MAX_NODES = 100;

const VALUES = ['messages', 'attempts'] as const;

/**
 * A query of type `flows`: how mail flows over a path of two to five dimensions. `value` is what is counted: messages
 * with a final outcome, or attempts. `limit` values of every level stand for themselves, the others are `other`.
 */
export const flowsQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('flows'),
  path: z
    .array(z.enum(PATH_DIMENSIONS, { error: unknown('dimension', PATH_DIMENSIONS) }), {
      error: 'an array of dimension names',
    })
    .min(2, 'a path has at least two dimensions')
    .max(MAX_PATH, `a path has at most ${MAX_PATH} dimensions`)
    .refine((path) => new Set(path).size === path.length, { error: 'a dimension stands twice in the path' }),
  value: z.enum(VALUES, { error: unknown('value', VALUES) }).default('messages'),
  filters: filtersSchema,
  limit: limitSchema(MAX_NODES),
});

/** A checked query of type `flows`. */
export type FlowsQuery = z.infer<typeof flowsQuerySchema>;

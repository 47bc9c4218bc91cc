import { ApiError } from './errors';

/** Every instant there may be an event at, epoch ms: what is asked for where an address names no range. */
export const EVER = { from: 0, to: Date.UTC(2099, 0, 1) };

/** Which parameters of a route are parts of its query: whole numbers, texts, and names with commas between. */
export interface Names {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
  readonly lists: readonly string[];
  /** Whether a value that ends in `*` is a beginning. */
  readonly beginnings?: true;
}

/**
 * The parts of a query that the parameters of an address ask for. `filters` are conditions as a query has them, in
 * JSON; any further name is a dimension to filter by. What they hold is for the query's schema to judge.
 * @throws ApiError 400 where `filters` is not a list in JSON
 */
export function queryOf(
  parameters: Readonly<Record<string, string[]>>,
  { numbers, texts, lists, beginnings }: Names,
): Record<string, unknown> {
  const query: Record<string, unknown> = { ...EVER };
  const filters: unknown[] = [];
  for (const [name, values] of Object.entries(parameters)) {
    const [first = ''] = values;
    if (name === 'from' || name === 'to' || numbers.includes(name)) query[name] = numberOf(first);
    else if (texts.includes(name)) query[name] = first;
    else if (lists.includes(name)) query[name] = values.flatMap((value) => value.split(','));
    else if (name === 'filters') filters.push(...values.flatMap(conditionsOf));
    else if (beginnings && values.every((value) => value.endsWith('*')))
      filters.push({
        dimension: name,
        operator: 'startsWith',
        values: values.map((value) => value.slice(0, -1)),
      });
    else filters.push({ dimension: name, operator: 'in', values });
  }
  return { ...query, filters };
}

/** A whole number in an address. Anything else stays as it is, so that the schema names its field. */
export function numberOf(text: unknown): unknown {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function conditionsOf(text: string): unknown[] {
  try {
    const conditions: unknown = JSON.parse(text);
    if (Array.isArray(conditions)) return conditions;
  } catch {
    // Answered below, as any other JSON is.
  }
  throw new ApiError(400, 'invalid_request', 'filters: not a JSON array of filters');
}

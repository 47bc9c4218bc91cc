import { answer, type Frame } from '../model';
import { storeOf } from './asking';
import { contextOf, refusal } from './queries';
import type { ApiContext, ApiDependencies } from './route';

/**
 * The frames of a query that is a whole request, at least one.
 * @throws ApiError with what is wrong with the query, or 503 `query_failed`
 */
export async function framesOf(
  deps: ApiDependencies,
  context: ApiContext,
  query: Record<string, unknown>,
): Promise<readonly [Frame, ...Frame[]]> {
  const request = { queries: [{ refId: 'A', ...query }] };
  const { A: result } = (await answer(storeOf(deps, context), request, contextOf(deps, context))).results;
  if (!result || 'error' in result) throw refusal(result?.status ?? 500, result?.error ?? 'no answer');
  const [first, ...rest] = result.frames;
  if (!first) throw refusal(500, 'no answer');
  return [first, ...rest];
}

/** What a query that is a whole request may be refused for, beside what is wrong with it. */
export const QUERY_REFUSALS: Readonly<Record<number, string>> = {
  503: 'the store could not answer: `query_failed`, or too many queries wait: `busy`',
  504: 'the query ran for too long: `query_failed`',
};

/** A frame's rows as objects; instants are ISO 8601 in UTC. */
export function rowsOf({ schema: { fields }, data: { values } }: Frame): Record<string, unknown>[] {
  const rows = values[0]?.length ?? 0;
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      fields.map(({ name, type }, column) => {
        const value = values[column]?.[row] ?? null;
        return [name, type === 'time' && typeof value === 'number' ? new Date(value).toISOString() : value];
      }),
    ),
  );
}

/** The cursor of the page after this one; null on the last one. */
export function nextOf(frame: Frame): unknown {
  return frame.schema.meta?.custom?.['next'] ?? null;
}

/** What the answer says about itself, in sentences. */
export function noticesOf(frame: Frame): string[] {
  return (frame.schema.meta?.notices ?? []).map(({ text }) => text);
}

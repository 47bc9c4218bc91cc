import { performance } from 'node:perf_hooks';
import type { QueryRequest } from './service';

/** Ms of a round trip; rejects where a query is not answered. */
export async function ask(url: string, request: QueryRequest): Promise<number> {
  const start = performance.now();
  const response = await fetch(`${url}/api/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const body = (await response.json()) as { results?: Record<string, { error?: string }> };
  const time = performance.now() - start;
  const mistake = Object.values(body.results ?? { request: { error: JSON.stringify(body) } }).find(
    ({ error }) => error !== undefined,
  );
  if (mistake) throw new Error(mistake.error);
  return time;
}

import { z } from 'zod';
import { ApiError } from './errors';
import { numberOf } from './parameters';
import type { ApiContext } from './route';

/** Largest JSON body, in bytes: a query with thousands of filter values stays far below it. */
export const MAX_JSON_BYTES = 1024 * 1024;

/** How long a JSON body may take to arrive, in milliseconds. */
const JSON_DEADLINE = 15_000;

const LIMIT = 'must be a whole number from 1 to 1000';

/** The `limit` and `cursor` of a list. */
export const pageSchema = z.object({
  limit: z.preprocess(numberOf, z.int(LIMIT).min(1, LIMIT).max(1000, LIMIT)).default(100),
  cursor: z.string().max(200).optional(),
});

/**
 * Reads a JSON body.
 * @throws ApiError 400 `invalid_json`, 408 `timeout`, 413 `too_large`
 */
export async function readJson(context: ApiContext, most: number = MAX_JSON_BYTES): Promise<unknown> {
  return parseJson(await readText(context, 'a JSON body', most));
}

/**
 * Reads a body of at most `most` bytes as text.
 * @throws ApiError 408 `timeout`, 413 `too_large`
 */
export async function readText(context: ApiContext, what: string, most: number): Promise<string> {
  const request = context.env.incoming;
  const chunks: Buffer[] = [];
  let bytes = 0;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    request.destroy();
  }, JSON_DEADLINE);
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > most) throw new ApiError(413, 'too_large', `${what} holds at most ${most} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (late) throw new ApiError(408, 'timeout', 'the body took too long to arrive');
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, 'invalid_json', 'the body is not JSON');
  }
}

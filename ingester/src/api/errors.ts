import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';

/** A request that is answered with an error: HTTP status, a stable code for programs, and a sentence for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: string,
    message: string,
    readonly details?: unknown,
    /** Seconds after which another try may help. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** The envelope every failed request is answered with. */
export interface ErrorEnvelope {
  error: { code: string; message: string; details: unknown };
}

/** Puts an error into the envelope; `details` is null where there are none. */
export function envelope(error: ApiError): ErrorEnvelope {
  return { error: { code: error.code, message: error.message, details: error.details ?? null } };
}

/**
 * Checks input against its schema.
 * @throws ApiError 400 `invalid_request` whose message names the first wrong field; all of them are in `details`
 */
export function check<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({
    field: issue.path.join('.'),
    message: issue.message,
  }));
  const [first] = problems;
  const message = first?.field
    ? `${first.field}: ${first.message}`
    : (first?.message ?? 'the request is not valid');
  throw new ApiError(400, 'invalid_request', message, problems);
}

import { z } from 'zod';
import { limitSchema, rangeShape } from '../schema';

/** Most steps of an answer. */
export const MAX_STEPS = 10_000;

const text = z.string('a text').trim().max(1000, 'at most 1000 characters').optional();

/**
 * A query of type `trace`: a message by `messageId` (and `recipient`), by `job` and `recipient`, or by the id of any of
 * its events. `from` and `to` say where to look first; it is looked for everywhere where it is not there.
 */
export const traceQuerySchema = z
  .object({
    ...rangeShape,
    queryType: z.literal('trace'),
    messageId: text,
    job: text,
    recipient: text,
    event: text,
    limit: limitSchema(MAX_STEPS),
  })
  .superRefine(({ messageId, job, recipient, event }, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (event && !eventId(event)) wrong('event', 'an event id, such as 12-345');
    if (event || messageId || (job && recipient)) return;
    if (job) wrong('recipient', 'a trace by job needs the recipient too');
    else wrong('messageId', 'a trace needs a messageId, a job with a recipient, or an event');
  });

/** A checked query of type `trace`. */
export type TraceQuery = z.infer<typeof traceQuerySchema>;

/** File and line that an event id names; undefined where it is none. */
export function eventId(id: string): { file: number; line: number } | undefined {
  const match = /^(\d{1,10})[-:](\d{1,10})$/.exec(id);
  const [file, line] = [Number(match?.[1]), Number(match?.[2])];
  return match && file < 2 ** 32 && line < 2 ** 32 ? { file, line } : undefined;
}

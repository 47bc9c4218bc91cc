import { z } from 'zod';
import { OUTCOMES, type Outcome } from './messageState';
import { filtersSchema, limitSchema, rangeShape, type Filter } from '../schema';

/** Most messages of one page. */
export const MAX_MESSAGES = 1000;

/** Where a page ended: the time (epoch s) at which its last message stood, and its key. */
export interface MessagePosition {
  readonly time: number;
  readonly message: string;
}

const cursorSchema = z
  .string('a text')
  .regex(/^\d{1,10}\.\d{1,20}$/, 'not the cursor of a page of messages')
  .transform((text): MessagePosition => {
    const [time = '0', message = '0'] = text.split('.');
    return { time: Number(time), message };
  });

/** The cursor that stands for a position. */
export function cursorOf({ time, message }: MessagePosition): string {
  return `${time}.${message}`;
}

const isWhole = ({ operator }: Filter) => ['=', '!=', 'in', 'notIn'].includes(operator);

/**
 * A query of type `messages`: a page of messages that have an event (received, deferred, delivered or bounced) in the
 * range that all filters are true of; newest first, by the newest such event. The filter `outcome` is about what has
 * become of the message.
 */
export const messagesQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('messages'),
  filters: filtersSchema.superRefine((filters, context) => {
    filters.forEach((filter, index) => {
      const wrong = (message: string) => context.addIssue({ code: 'custom', path: [index], message });
      if (filter.dimension !== 'outcome') return;
      if (!isWhole(filter)) wrong('outcome is compared by =, !=, in or notIn');
      const strange = filter.values.find((value) => !(OUTCOMES as readonly string[]).includes(value));
      if (strange !== undefined) wrong(`unknown outcome ${strange}; one of ${OUTCOMES.join(', ')}`);
    });
  }),
  limit: limitSchema(MAX_MESSAGES),
  cursor: cursorSchema.optional(),
});

/** A checked query of type `messages`. */
export type MessagesQuery = z.infer<typeof messagesQuerySchema>;

/** The outcomes that the filters let through; a message that is deferred is unresolved too. */
export function wantedOutcomes(filters: readonly Filter[]): Outcome[] {
  return OUTCOMES.filter((outcome) =>
    filters
      .filter(({ dimension }) => dimension === 'outcome')
      .every(({ operator, values }) => {
        const named = values.includes(outcome) || (outcome === 'deferred' && values.includes('unresolved'));
        return operator === '=' || operator === 'in' ? named : !named;
      }),
  );
}

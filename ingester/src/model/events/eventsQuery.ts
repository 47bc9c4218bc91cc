import { z } from 'zod';
import { eventColumns } from './eventColumns';
import {
  filtersSchema,
  limitSchema,
  nameOrHeader,
  orderSchema,
  rangeShape,
  stepShape,
  unknown,
} from '../schema';

/** Most events of one page. */
export const MAX_EVENTS = 10_000;

const FORMATS = ['table', 'logs', 'timeseries'] as const;

/** Where a page ended: the last event's time (epoch s), file and line. */
export interface EventPosition {
  readonly time: number;
  readonly file: number;
  readonly line: number;
}

const cursorSchema = z
  .string('a text')
  .regex(/^\d{1,10}\.\d{1,10}\.\d{1,10}$/, 'not the cursor of a page of events')
  .transform((text): EventPosition => {
    const [time = 0, file = 0, line = 0] = text.split('.').map(Number);
    return { time, file, line };
  });

/** The cursor that stands for a position. */
export function cursorOf({ time, file, line }: EventPosition): string {
  return `${time}.${file}.${line}`;
}

/**
 * A query of type `events`: a page of events, newest first (`order` asc: oldest first), after `cursor`; or with
 * format timeseries their number per step and level. `search` is a text anywhere in the reply, in either case.
 */
export const eventsQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('events'),
  filters: filtersSchema,
  search: z.string('a text').max(500, 'at most 500 characters').default(''),
  columns: z
    .array(nameOrHeader('column', Object.keys(eventColumns)), { error: 'an array of column names' })
    .max(100, 'at most 100 columns')
    .default([]),
  format: z.enum(FORMATS, { error: unknown('format', FORMATS) }).default('table'),
  ...stepShape,
  limit: limitSchema(MAX_EVENTS),
  order: orderSchema,
  cursor: cursorSchema.optional(),
});

/** A checked query of type `events`. */
export type EventsQuery = z.infer<typeof eventsQuerySchema>;

import type { Store } from '../../store';
import type { AnswerContext } from '../context';
import { eventReader } from './eventRows';
import { rowsFrame, type Column, type Frame, type Notice, type Value } from '../frames';
import { ambiguousSteps, journeys, stepName, type Step } from './journey';
import type { TimeRange } from '../standing';
import { MAX_STEPS, type TraceQuery } from './traceQuery';
import { findAnchors, findLives, MAX_MESSAGES } from './traceSearch';

/** A field of the answer. */
interface TraceColumn extends Column {
  readonly value: (step: Step) => Value;
}

const text = (name: string, value: (step: Step) => string): TraceColumn => ({ name, kind: 'text', value });

/** The columns of a step, in order. */
export const TRACE_COLUMNS: readonly TraceColumn[] = [
  { name: 'time', kind: 'time', value: ({ event }) => event.time * 1000 },
  text('step', stepName),
  { name: 'seconds', kind: 'number', unit: 's', value: ({ seconds }) => seconds },
  text('relation', ({ relation }) => relation),
  text('method', ({ method }) => method),
  { name: 'confidence', kind: 'number', unit: 'percentunit', value: ({ confidence }) => confidence },
  text('recipient', ({ event }) => event.rcpt),
  text('job', ({ event }) => event.job),
  text('vmta', ({ event }) => event.vmta),
  text('pool', ({ event }) => event.pool),
  text('provider', ({ event }) => event.provider),
  text('domain', ({ event }) => event.domain),
  text('sourceIp', ({ event }) => event.sourceIp),
  text('destinationIp', ({ event }) => event.destinationIp),
  text('mx', ({ event }) => event.mx),
  text('smtpStatus', ({ event }) => event.smtpStatus),
  text('bounceCategory', ({ event }) => event.bounceCategory),
  text('bounceClass', ({ event }) => event.bounceClass),
  text('diag', ({ event }) => event.diag),
  text('feedbackType', ({ event }) => event.feedbackType),
  text('blockType', ({ event }) => event.rbType),
  {
    name: 'latency',
    kind: 'number',
    unit: 's',
    value: ({ event }) => (event.latency < 0 ? null : event.latency),
  },
  { name: 'size', kind: 'number', unit: 'bytes', value: ({ event }) => event.size || null },
  text('sender', ({ event }) => event.sender),
  text('messageId', ({ event }) => event.messageId),
  text('envId', ({ event }) => event.envId),
  text('node', ({ event }) => event.node),
  text('id', ({ event }) => event.event),
];

/** Answers a trace query: one row per event, message by message, in the order of time. Throws what the store throws. */
export async function answerTrace(
  store: Pick<Store, 'read'>,
  query: TraceQuery,
  context: AnswerContext,
): Promise<Frame[]> {
  const read = eventReader(store, context.signal);
  const anchors = await findAnchors(read, query, firstRange(query));
  const steps = anchors.length > 0 ? journeys(await findLives(read, anchors)) : [];
  const limit = query.limit ?? MAX_STEPS;
  const rows = steps.slice(0, limit).map((step) => TRACE_COLUMNS.map(({ value }) => value(step)));
  const messages = new Set(anchors.map(({ message }) => message)).size;
  const options = {
    refId: query.refId,
    notices: noticesOf(steps, messages, limit),
    custom: { messages },
  };
  return [rowsFrame(TRACE_COLUMNS, rows, options)];
}

/** The range in which a query wants to look first, in epoch seconds. */
function firstRange({ from, to }: TraceQuery): TimeRange | undefined {
  if (from === undefined || to === undefined || from >= to) return undefined;
  return [Math.ceil(from / 1000), Math.ceil(to / 1000)];
}

function noticesOf(steps: readonly Step[], messages: number, limit: number): Notice[] {
  const notices: Notice[] = [];
  const info = (words: string) => notices.push({ severity: 'info', text: words });
  if (messages > 1)
    info(
      `${messages} messages are meant${messages > MAX_MESSAGES ? `, the first ${MAX_MESSAGES} are shown` : ''}: name the recipient, the job or an event to see one`,
    );
  const ambiguous = ambiguousSteps(steps);
  if (ambiguous > 0)
    notices.push({
      severity: 'warning',
      text: `${ambiguous} of the events may belong to another message: the method says ambiguous`,
    });
  if (steps.some(({ relation }) => relation === 'queue'))
    info(
      'Rows of relation queue happened in the same queue near an attempt; they are not this message’s own',
    );
  if (steps.length > limit) info(`Cut to ${limit} of ${steps.length} events`);
  return notices;
}

import { numberAt, textAt } from '../../../shared/fields/find';
import type { ReadSteps, Step, StepFields } from './types';

/** Records whose recipient may be hidden or another form of it: they say nothing of which message they belong to. */
const LATE = ['complaint', 'remote bounce'];

/**
 * Reads the steps of messages from rows that are in the order of time, message after message. A row begins another message where it
 * names another one, or where time goes back. One bad row costs no other.
 */
export function readSteps(fields: StepFields): ReadSteps {
  const steps: Step[] = [];
  let [message, skipped, last] = [-1, 0, -Infinity];
  let known = { messageId: '', recipient: '' };
  for (let row = 0; row < fields.frame.length; row++) {
    const time = numberAt(fields.time, row);
    if (time === null) {
      skipped++;
      continue;
    }
    const names = namesAt(fields, row);
    if (message === -1 || time < last || differs(known, names)) {
      message++;
      known = names;
      steps.push(...queuedAt(fields, row, time, message));
    }
    known = { messageId: names.messageId || known.messageId, recipient: known.recipient || names.recipient };
    last = time;
    steps.push(stepAt(fields, row, time, message));
  }
  return { steps, messages: message + 1, skipped };
}

function namesAt({ messageId, recipient, step }: StepFields, row: number) {
  const isLate = LATE.includes(textAt(step, row));
  return { messageId: textAt(messageId, row), recipient: isLate ? '' : textAt(recipient, row).toLowerCase() };
}

type Names = ReturnType<typeof namesAt>;

function differs(known: Names, names: Names): boolean {
  return (['messageId', 'recipient'] as const).some(
    (name) => known[name] !== '' && names[name] !== '' && known[name] !== names[name]
  );
}

function stepAt(fields: StepFields, row: number, time: number, message: number): Step {
  const seconds = numberAt(fields.seconds, row);
  const since = seconds === null || seconds < 0 ? null : time - seconds * 1000;
  const confidence = numberAt(fields.confidence, row);
  return {
    row,
    lane: laneAt(fields, row),
    start: since ?? time,
    end: time,
    open: false,
    message,
    isQueued: false,
    since,
    isDoubtful: textAt(fields.relation, row) === 'queue' || (confidence !== null && confidence < 1),
  };
}

/** The first step of a message says how long it had been queued. */
function queuedAt(fields: StepFields, row: number, time: number, message: number): Step[] {
  const first = stepAt(fields, row, time, message);
  if (first.since === null || first.since === time) {
    return [];
  }
  return [{ ...first, end: first.start, since: null, isQueued: true, isDoubtful: false }];
}

function laneAt({ lane, step }: StepFields, row: number): string {
  return textAt(lane ?? step, row);
}

/** How it ended: the last final step of a message, and how often it was tried. */
export function summaryOf(
  { steps }: ReadSteps,
  { step }: StepFields
): { readonly attempts: number; readonly final: Step | undefined } {
  const named = (words: readonly string[]) =>
    steps.filter(({ row, isQueued }) => !isQueued && words.includes(textAt(step, row)));
  return {
    attempts: named(['deferred', 'delivered', 'bounced']).length,
    final: named(['delivered', 'bounced']).at(-1),
  };
}

import { defaults } from '../options';
import { steppedScale } from '../layout/stepped';
import { LIFE, traceFrame, type TraceRow } from '../testing';
import { chooseSteps } from './choose';
import { readSteps, summaryOf } from './read';
import type { StepFields } from './types';

const [SECOND, DAY] = [1000, 86_400_000];

function fieldsOf(rows: readonly TraceRow[]): StepFields {
  const choice = chooseSteps([traceFrame(rows)], defaults);
  if (!('steps' in choice)) {
    throw new Error('no steps');
  }
  return choice.steps;
}

const read = (rows: readonly TraceRow[]) => readSteps(fieldsOf(rows));

describe('steps', () => {
  // That a message was queued is a step for whoever reads its life, and no row of a trace.
  test('begin when the message was queued, and each lasts since the one before', () => {
    const { steps } = read(LIFE);
    expect(steps.map(({ isQueued, end, start }) => [isQueued, (end - start) / SECOND])).toEqual([
      [true, 0],
      [false, 4],
      [false, 26 * 3600],
      [false, 30 * 86_400],
    ]);
    expect(steps[0]?.end).toBe(Date.UTC(2026, 8, 15, 10));
  });

  test('what is less than sure, or of the queue alone, is doubtful', () => {
    const queue = { time: LIFE[0]?.time ?? 0, step: 'queue deferral', relation: 'queue', confidence: 0 };
    const { steps } = read([...LIFE.slice(0, 1), queue, ...LIFE.slice(1)]);
    expect(steps.map(({ isDoubtful }) => isDoubtful)).toEqual([false, false, true, false, true]);
  });

  test('another id, another recipient or time that goes back begin another message', () => {
    const at = (time: number, messageId: string, recipient: string) => ({
      time,
      step: 'deferred',
      messageId,
      recipient,
    });
    const rows = [at(1, 'a', 'x'), at(2, '', 'x'), at(3, 'b', 'x'), at(4, 'b', 'y'), at(4, 'b', 'Y'), at(1, '', '')];
    const { steps, messages } = read(rows);
    expect(steps.map(({ message }) => message)).toEqual([0, 0, 1, 2, 2, 3]);
    expect(messages).toBe(4);
  });

  // Feedback loops hide the recipient: the complaint is still of this message.
  test('a complaint of a hidden recipient begins none', () => {
    expect(read(LIFE).messages).toBe(1);
  });

  test('one bad row costs no other', () => {
    const { steps, skipped } = read([{ time: null, step: 'x' }, { time: NaN, step: 'x' }, ...LIFE]);
    expect([steps.length, skipped]).toEqual([4, 2]);
    expect(read([{ time: 5, step: 'x', seconds: -3 }]).steps).toMatchObject([{ start: 5, end: 5, since: null }]);
  });

  test('the outcome is the last final step, however many attempts', () => {
    const fields = fieldsOf(LIFE);
    expect(summaryOf(readSteps(fields), fields)).toMatchObject({ attempts: 2, final: { row: 1 } });
  });

  test('a frame of something else says what it lacks', () => {
    const frame = traceFrame(LIFE);
    expect(chooseSteps([{ ...frame, fields: frame.fields.slice(1) }], defaults)).toEqual({ missing: ['time'] });
    expect(chooseSteps([], defaults)).toEqual({ empty: true });
    expect(chooseSteps([frame], { ...defaults, lane: 'gone' })).toEqual({ missing: ['gone'] });
  });
});

describe('a scale of gaps', () => {
  const times = [0, 4 * SECOND, DAY, 30 * DAY];
  const scale = steppedScale(times, 0, 30 * DAY, 1000, 10);

  // On a scale of 30 days a second is a thousandth of a pixel.
  test('shows seconds beside days, and says that it is not to scale', () => {
    const [a = 0, b = 0, c = 0, d = 0] = times.map(scale.x);
    expect(b - a).toBeGreaterThan(60);
    expect(c - b).toBeGreaterThan(b - a);
    expect(d - c).toBeGreaterThan(c - b);
    expect([a, d, scale.isShortened]).toEqual([10, 990, true]);
  });

  test('a place says its time, beyond the ends too', () => {
    for (const time of [...times, 2 * SECOND, 3 * DAY, -SECOND, 31 * DAY]) {
      expect(scale.time(scale.x(time))).toBeCloseTo(time, 3);
    }
  });

  test('gaps that differ little are as long as they are', () => {
    const even = steppedScale([0, 100, 300], 0, 1000, 1000, 0);
    expect([even.isShortened, even.x(100), even.x(500)]).toEqual([false, 100, 500]);
  });

  test('one moment, or none, has a place', () => {
    expect(steppedScale([5], 5, 5, 100, 10).x(5)).toBe(10);
    expect(steppedScale([], 5, 5, 100, 10).to).toBe(1005);
  });
});

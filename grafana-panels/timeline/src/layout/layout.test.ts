import { incidentFrame, DAY, MINUTE, TEN } from '../testing';
import { defaults } from '../options';
import { chooseSpans } from '../spans/choose';
import { readSpans } from '../spans/read';
import type { Span } from '../spans/types';
import { extentOf, neighbour, spanAt } from './find';
import { lanesOf } from './lanes';
import { linearScale, ticksOf } from './scale';

function spansOf(rows = DAY, options = {}, now = TEN + 60 * MINUTE) {
  const choice = chooseSpans([incidentFrame(rows)], { ...defaults, ...options });
  if (!('fields' in choice)) {
    throw new Error('no fields');
  }
  return readSpans(choice.fields, now);
}

const span = (lane: string, start: number, end: number, row = start): Span => ({ row, lane, start, end, open: false });

describe('rows', () => {
  // The service says of an open incident when it was last seen: drawn only so far, it would look as if it were over.
  test('what is not closed goes on until now', () => {
    const [open, over] = spansOf().spans;
    expect(open).toMatchObject({ open: true, start: TEN, end: TEN + 60 * MINUTE });
    expect(over).toMatchObject({ open: false, end: TEN + 20 * MINUTE });
  });

  test('lanes are named by what a row is about, or by any field', () => {
    expect(spansOf().spans.map(({ lane }) => lane)).toEqual(['gmail · VMTA-5', 'gmail · VMTA-5', 'J-17']);
    expect(spansOf(DAY, { lane: 'severity' }).spans.map(({ lane }) => lane)).toEqual(['critical', 'warning', 'info']);
  });

  test('one bad row costs no other', () => {
    const bad = [{ start: null }, { start: NaN }, { start: TEN, end: TEN - 1, state: 'closed' }, { start: Infinity }];
    const { spans, skipped } = spansOf([...bad, ...DAY]);
    expect([spans.length, skipped]).toEqual([3, 4]);
  });

  test('without a state, what has no end goes on, and what is yet to begin is a moment', () => {
    const { spans } = spansOf([{ start: TEN, end: null }, { start: TEN + 120 * MINUTE }]);
    expect(spans).toMatchObject([
      { open: true, end: TEN + 60 * MINUTE },
      { open: true, end: TEN + 120 * MINUTE },
    ]);
  });

  test('a field that was chosen and is not there is said, not replaced', () => {
    expect(chooseSpans([incidentFrame(DAY)], { ...defaults, lane: 'gone' })).toEqual({ missing: ['gone'] });
    expect(chooseSpans([incidentFrame([])], defaults)).toEqual({ empty: true });
  });
});

describe('lanes', () => {
  // Bars over each other hide each other: one could never be seen or clicked.
  test('none of a row overlap, whatever comes', () => {
    const spans = Array.from({ length: 400 }, (_, i) =>
      span(`l${i % 3}`, (i * 7919) % 1000, ((i * 7919) % 1000) + (i % 40), i)
    );
    const { lanes, lines } = lanesOf(spans, 'name');
    expect(lines.flat()).toHaveLength(400);
    for (const line of lines) {
      for (const [i, { span: each }] of line.entries()) {
        expect(each.start).toBeGreaterThanOrEqual(line[i - 1]?.span.end ?? 0);
      }
    }
    expect(lanes.map(({ name }) => name)).toEqual(['l0', 'l1', 'l2']);
    expect(lanes.reduce((sum, { lines: n }) => sum + n, 0)).toBe(lines.length);
  });

  test('moments of the same time are two', () => {
    expect(lanesOf([span('a', 5, 5, 0), span('a', 5, 5, 1)], 'name').lines).toHaveLength(2);
  });

  test('lanes are ordered as was chosen', () => {
    const spans = [span('b 10', 1, 2), span('b 9', 5, 6), span('a', 3, 4), span('a', 7, 8)];
    const names = (order: Parameters<typeof lanesOf>[1]) => lanesOf(spans, order).lanes.map(({ name }) => name);
    expect(names('newest')).toEqual(['a', 'b 9', 'b 10']);
    expect(names('oldest')).toEqual(['b 10', 'a', 'b 9']);
    expect(names('name')).toEqual(['a', 'b 9', 'b 10']);
    expect(names('most')).toEqual(['a', 'b 9', 'b 10']);
  });
});

describe('time', () => {
  test('a place says its time, and the other way round', () => {
    const scale = linearScale(1000, 5000, 400);
    expect([scale.x(2000), scale.time(100)]).toEqual([100, 2000]);
    expect(linearScale(5, 5, 100).to).toBe(1005);
  });

  test('ticks are round in the zone, also after its clock was changed', () => {
    // Berlin, from two hours before UTC to one on 25 October at 01:00 UTC.
    const change = Date.UTC(2026, 9, 25, 1);
    const offset = (time: number) => (time < change ? 120 : 60);
    const from = Date.UTC(2026, 9, 24, 12);
    const ticks = ticksOf(linearScale(from, from + 3 * 86_400_000, 500), 90, offset);
    const hours = ticks.map(({ time }) => new Date(time + offset(time) * MINUTE).getUTCHours());
    expect(ticks.length).toBeGreaterThan(2);
    expect(new Set(hours)).toEqual(new Set([0]));
  });

  test.each([[1000], [3_600_000], [86_400_000], [30 * 86_400_000], [5 * 365 * 86_400_000]])(
    'ticks of %i ms stand apart',
    (length) => {
      const ticks = ticksOf(linearScale(TEN, TEN + length, 900), 90, () => 0);
      expect(ticks.length).toBeGreaterThan(0);
      for (const [i, { x }] of ticks.entries()) {
        expect(x - (ticks[i - 1]?.x ?? -Infinity)).toBeGreaterThanOrEqual(89.9);
      }
    }
  );
});

describe('places', () => {
  const scale = linearScale(0, 1000, 1000);
  const lanes = lanesOf(
    [span('a', 100, 200), span('a', 205, 205), span('b', 150, 300, 9), span('c', 2000, 3000)],
    'name'
  );

  // A moment would be less than a pixel wide, and nobody could click it.
  test('a span is found where it is drawn, a moment with a little room around it', () => {
    expect(spanAt(lanes, scale, 20, 3, { x: 150, y: 10 })?.span.row).toBe(100);
    expect(spanAt(lanes, scale, 20, 3, { x: 211, y: 10 })?.span.row).toBe(205);
    expect(spanAt(lanes, scale, 20, 3, { x: 203, y: 10 })?.span.row).toBe(205);
    expect(spanAt(lanes, scale, 20, 3, { x: 400, y: 10 })).toBeUndefined();
    expect(spanAt(lanes, scale, 20, 3, { x: 150, y: 30 })?.span.row).toBe(9);
    expect(spanAt(lanes, scale, 20, 3, { x: 150, y: 999 })).toBeUndefined();
    expect(extentOf(span('a', -50, 5000), scale)).toEqual({ left: -1, right: 1001 });
  });

  test('arrows lead through all that is in sight, and stop at the ends', () => {
    const first = neighbour(lanes, scale, undefined, 'ArrowRight');
    const second = neighbour(lanes, scale, first, 'ArrowRight');
    expect([first?.span.row, second?.span.row]).toEqual([100, 205]);
    expect(neighbour(lanes, scale, second, 'ArrowRight')).toBe(second);
    const below = neighbour(lanes, scale, second, 'ArrowDown');
    expect(below?.span.row).toBe(9);
    expect(neighbour(lanes, scale, below, 'ArrowDown')).toBe(below);
    expect(neighbour(lanes, scale, below, 'ArrowUp')?.span.row).toBe(100);
    expect(neighbour(lanes, scale, second, 'Home')).toBe(first);
  });
});

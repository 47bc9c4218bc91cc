import fc from 'fast-check';
import { DETAILS } from '../options';
import { HEAD, layoutOf, placeOf } from './layout';
import { neighbour } from './neighbours';
import { lastHour, sparkOf } from './spark';

const counts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });
const area = fc.record({ width: fc.integer({ min: 120, max: 2000 }), height: fc.integer({ min: 60, max: 1000 }) });

function rectangles(groups: readonly number[], layout: ReturnType<typeof layoutOf>) {
  return groups.flatMap((count, g) => {
    const block = layout.blocks[g];
    return Array.from({ length: count }, (_, i) => (block ? placeOf(block, i, layout) : { x: -1, y: -1 }));
  });
}

// Cells that overlap or stand outside could not be read or clicked.
test('whatever the groups, no two cells overlap, and all stand within the width', () => {
  fc.assert(
    fc.property(counts, area, fc.boolean(), (groups, size, headed) => {
      const layout = layoutOf(groups, size, 'auto', headed);
      const places = rectangles(groups, layout);
      expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(places.length);
      for (const { x, y } of places) {
        expect(x + layout.cellWidth).toBeLessThanOrEqual(size.width);
        expect(y + layout.cellHeight).toBeLessThanOrEqual(layout.height);
        expect(y).toBeGreaterThanOrEqual(headed ? HEAD : 0);
      }
      for (const a of places) {
        const close = places.filter(
          (b) => b !== a && Math.abs(b.x - a.x) < layout.cellWidth && Math.abs(b.y - a.y) < layout.cellHeight
        );
        expect(close).toEqual([]);
      }
    }),
    { numRuns: 40 }
  );
});

test('500 cells of 12 pools are on one screen, each with its name and numbers', () => {
  const groups = Array.from({ length: 12 }, (_, i) => (i === 0 ? 60 : 40));
  const { detail, height } = layoutOf(groups, { width: 1880, height: 940 }, 'auto', true);
  expect(detail).toBe('compact');
  expect(height).toBeLessThanOrEqual(940);
});

// On a phone three pools stood beside each other, with half of each name cut off.
test('cells are as wide as what they show, wherever one of them fits into the width', () => {
  const least = { large: 196, full: 136, compact: 86, small: 62 };
  fc.assert(
    fc.property(counts, area, (groups, size) => {
      const { detail, cellWidth } = layoutOf(groups, size, 'auto', true);
      expect(cellWidth).toBeGreaterThanOrEqual(Math.min(least[detail], size.width - 12));
    })
  );
  expect(layoutOf([4, 4, 4], { width: 350, height: 190 }, 'auto', true)).toMatchObject({ detail: 'compact' });
});

test('the more room, the more a cell shows; without any the smallest scroll', () => {
  const detail = (width: number, height: number) => layoutOf([40], { width, height }, 'auto', false).detail;
  const seen = [detail(1800, 900), detail(1200, 400), detail(700, 300), detail(500, 160), detail(100, 50)];
  expect(seen.map((each) => DETAILS.indexOf(each))).toEqual([0, 1, 2, 3, 3]);
  expect(layoutOf([40], { width: 100, height: 50 }, 'auto', false).height).toBeGreaterThan(50);
  expect(layoutOf([40], { width: 100, height: 50 }, 'large', false).detail).toBe('large');
});

test('arrows lead along the order, and to the nearest of the next line', () => {
  const places = [0, 1, 2, 3, 4].map((i) => ({ id: `${i}`, x: (i % 3) * 10, y: Math.floor(i / 3) * 10 }));
  expect(neighbour(places, '2', 'ArrowRight')).toBe('3');
  expect(neighbour(places, '0', 'ArrowLeft')).toBe('0');
  expect(neighbour(places, '1', 'ArrowDown')).toBe('4');
  expect(neighbour(places, '2', 'ArrowDown')).toBe('4');
  expect(neighbour(places, '3', 'ArrowUp')).toBe('0');
  expect(neighbour(places, 'gone', 'ArrowUp')).toBe('0');
});

describe('sparkline', () => {
  test('runs from the left to the right, its highest at the top, and never below 0', () => {
    expect(sparkOf([0, 50, 100, -3])).toBe('M0 100L0 100L333 53L667 5L1000 100V100Z');
  });

  test('nothing is drawn of nothing', () => {
    expect([sparkOf([]), sparkOf([5]), sparkOf([0, 0])]).toEqual(['', '', '']);
  });

  test('is of the last hour, or of all where an hour has few points', () => {
    const every = (minutes: number) => ({
      at: Array.from({ length: 100 }, (_, i) => i * minutes * 60_000),
      values: Array.from({ length: 100 }, (_, i) => i),
    });
    expect(lastHour(every(1), 98 * 60_000)).toEqual(Array.from({ length: 60 }, (_, i) => i + 39));
    expect(lastHour(every(30), 99 * 30 * 60_000)).toHaveLength(100);
  });
});

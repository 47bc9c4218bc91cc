import { lanesOf } from '../layout/lanes';
import { linearScale } from '../layout/scale';
import type { Span } from '../spans/types';
import type { Pen } from './pen';
import { paintSpans } from './spans';

const span = (lane: string, start: number, end: number, open = false): Span => ({ row: start, lane, start, end, open });

/** What was drawn: fills with their colour and shapes, and texts. */
function drawn(spans: Span[], { scrolled = 0, height = 100, label = '' } = {}) {
  const scale = linearScale(0, 1000, 1000);
  const fills: Array<{ color: string; rects: number[][]; points: number[][] }> = [];
  const texts: string[] = [];
  let [rects, points]: number[][][] = [[], []];
  const pen = {
    fillStyle: '',
    beginPath: () => ([rects, points] = [[], []]),
    rect: (...rect: number[]) => rects.push(rect),
    moveTo: (...point: number[]) => points.push(point),
    lineTo: (...point: number[]) => points.push(point),
    fill() {
      fills.push({ color: this.fillStyle, rects, points });
    },
    fillRect: () => undefined,
    clearRect: () => undefined,
    fillText: (text: string) => texts.push(text),
    measureText: (text: string) => ({ width: 10 * text.length }),
  };
  const sight = { lanes: lanesOf(spans, 'name'), scale, ticks: [], rowHeight: 20, scrolled, height };
  const look = { background: '', grid: '', text: '', now: '', font: '', textOn: () => '' };
  paintSpans(pen as unknown as Pen, sight, look, {
    now: 500,
    colorOf: ({ span: each }) => (each.open ? 'red' : 'blue'),
    labelOf: () => label,
  });
  return { fills, texts };
}

test('bars of a colour are one shape; what goes on points onwards', () => {
  const { fills } = drawn([span('a', 100, 200), span('b', 300, 302), span('c', 400, 500, true)]);
  expect(fills).toEqual([
    {
      color: 'blue',
      rects: [
        [100, 2, 100, 16],
        [300, 22, 4, 16],
      ],
      points: [],
    },
    {
      color: 'red',
      rects: [[400, 42, 100, 16]],
      points: [
        [500, 42],
        [508, 50],
        [500, 58],
      ],
    },
  ]);
});

// Thousands of rows would be drawn that nobody sees.
test('only what is in sight is drawn', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => span(String(i), 0, 10));
  expect(drawn(rows, { scrolled: 10_000, height: 100 }).fills[0]?.rects).toHaveLength(5);
  expect(drawn([span('a', 2000, 3000)]).fills).toEqual([]);
});

test('text is cut where it has no room, and left out where that says nothing', () => {
  expect(drawn([span('a', 100, 300)], { label: 'throttling' }).texts).toEqual(['throttling']);
  expect(drawn([span('a', 100, 170)], { label: 'throttling' }).texts).toEqual(['thro…']);
  expect(drawn([span('a', 100, 110)], { label: 'throttling' }).texts).toEqual([]);
});

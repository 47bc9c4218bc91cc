import fc from 'fast-check';
import { flowOf } from '../flow/flow';
import { defaults } from '../options';
import { THROTTLED, flowFrame, type Row } from '../testing';
import { chooseFields } from '../view/choose';
import { bandPath } from './band';
import { fitted, headingsOf, labelPlace, labelText } from './labels';
import { LINE, layoutOf, type Layout } from './layout';
import { neighbour } from './neighbours';
import { throughOf } from './pinch';

function layout(rows: readonly Row[], options = {}, levels = true): Layout {
  const choice = chooseFields([flowFrame(rows, levels)], defaults);
  if (!('fields' in choice)) {
    throw new Error('the frame has no fields of a flow');
  }
  const flow = flowOf(choice.fields, { other: 'others' });
  return layoutOf(flow, {
    width: 800,
    height: 400,
    top: 0,
    nodeWidth: 12,
    spacing: 16,
    align: 'justify',
    order: 'balanced',
    ...options,
  });
}

/** Many nodes on two levels: more than a screen has lines. */
const crowd = (size: number): Row[] =>
  Array.from({ length: size }, (_, i): Row => [`vmta-${i}`, `domain-${i % 97}`, 1 + (i % 7), 0, 1, 0]);

// Labels would stand on each other, and nobody could tell which is which.
test('nodes of a column are never closer than a line of text; what needs more room is higher and scrolls', () => {
  const { nodes, height } = layout(crowd(500));
  expect(height).toBeGreaterThan(500 * LINE);
  for (const column of [0, 1]) {
    const places = nodes.filter((node) => node.column === column).map(({ y0, y1 }) => (y0 + y1) / 2);
    places.sort((a, b) => a - b);
    places.forEach((y, i) => i > 0 && expect(y - (places[i - 1] ?? 0)).toBeGreaterThanOrEqual(LINE - 0.01));
  }
});

test('few nodes use the height there is, and the width of links follows their values', () => {
  const { links, height } = layout(THROTTLED);
  expect(height).toBe(400);
  const ratios = links.map(({ width, link }) => width / link.value);
  ratios.forEach((ratio) => expect(ratio).toBeCloseTo(ratios[0] ?? 0, 6));
});

test('nodes stand in the order that was asked for', () => {
  const rows = ['v10', 'v9', 'v1'].map((from, i): Row => [from, 'gmail', 10 * (i + 1), 0, 1, 0]);
  const order = (by: string) =>
    layout(rows, { order: by })
      .nodes.filter(({ column }) => column === 0)
      .sort((a, b) => a.y0 - b.y0)
      .map(({ node }) => node.name);
  expect(order('name')).toEqual(['v1', 'v9', 'v10']);
  expect(order('value')).toEqual(['v1', 'v9', 'v10']);
  expect(order('data')).toEqual(['v10', 'v9', 'v1']);
});

const anyLinks = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 5 })), {
  minLength: 1,
  maxLength: 20,
});

// A link that led to its own column, or back, could not be drawn.
test('every link leads to the right, however nodes are aligned', () => {
  fc.assert(
    fc.property(anyLinks, fc.constantFrom(...(['justify', 'left', 'right', 'center'] as const)), (pairs, align) => {
      const rows = pairs.map(([from, by]): Row => [`n${from}`, `n${from + by}`, 1]);
      const { nodes, links } = layout(rows, { align }, false);
      const column = new Map(nodes.map(({ node, column: at }) => [node.id, at]));
      links.forEach(({ link }) => expect(column.get(link.target)).toBeGreaterThan(column.get(link.source) ?? NaN));
    })
  );
});

// A large "other" in the middle would push what has a name to the edges.
test.each(['balanced', 'value', 'name'])('what stands for several nodes comes last (%s)', (order) => {
  const rows: Row[] = ['other', 'a', 'z', 'b'].map((from, i): Row => [from, 'gmail', 100 - i, 0, 1, 0]);
  const nodes = layout(rows, { order }).nodes.filter(({ column }) => column === 0);
  const last = [...nodes].sort((a, b) => b.y0 - a.y0)[0];
  expect(last?.node.name).toBe('other');
});

// The scroll bar would lie over the last column.
test('what scrolls leaves room for the scroll bar', () => {
  expect(layout(crowd(500)).width).toBeLessThan(800);
  expect(layout(THROTTLED).width).toBe(800);
});

test('a value gives way to the name it belongs to, and columns are called as their dimension', () => {
  const wide = (text: string) => text.length * 7;
  expect(labelText('VMTA-5', '42 K', 80, wide)).toBe('VMTA-5 42 K');
  expect(labelText('VMTA-5', '42 K', 60, wide)).toBe('VMTA-5');
  expect(labelText('VMTA-5', '42 K', 30, wide)).toBe('VMT…');
  expect(headingsOf(layout(THROTTLED)).map(({ text }) => text)).toEqual(['pool', 'vmta', 'provider']);
});

test('labels have room up to the next column, and are cut to it', () => {
  const drawn = layout(THROTTLED);
  const rooms = drawn.nodes.map((node) => ({ node, place: labelPlace(node, drawn) }));
  for (const { node, place } of rooms) {
    const [from, to] = place.anchor === 'end' ? [place.x - place.room, place.x] : [place.x, place.x + place.room];
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeLessThanOrEqual(800);
    // Nobody's room reaches into that of a node of another column.
    for (const other of rooms.filter((each) => each.node.column > node.column)) {
      expect(to).toBeLessThanOrEqual(other.place.anchor === 'end' ? other.place.x - other.place.room : other.node.x0);
    }
  }
  const wide = (text: string) => text.length * 7;
  expect(fitted('VMTA-5 gmail', 800, wide)).toBe('VMTA-5 gmail');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 60 }), (text, room) => {
      const cut = fitted(text, room, wide);
      expect(wide(cut)).toBeLessThanOrEqual(Math.max(room, 0));
    })
  );
});

test('a pinched pipe is as narrow at its end as the share that got through, and never vanishes', () => {
  expect(throughOf(0.12, 'through', 0, 'percentunit')).toBe(0.12);
  expect(throughOf(88, 'lost', 0, 'percent')).toBeCloseTo(0.12);
  expect(throughOf(30, 'more', 120, 's')).toBe(0.75);
  expect(throughOf(0, 'through', 0, 'percentunit')).toBe(0.08);
  // Nothing known is not nothing through.
  expect(throughOf(null, 'through', 0, 'percentunit')).toBe(1);
  expect(throughOf(5, 'more', 0, 's')).toBe(1);
  const placed = { x0: 0, x1: 100, y0: 50, y1: 50 } as Layout['links'][number];
  expect(bandPath(placed, 20, 0.1)).toBe('M0,40C50,40 50,49 100,49L100,51C50,51 50,60 0,60Z');
});

test('arrows lead along the flow and within a column', () => {
  const drawn = layout(THROTTLED, { order: 'value' });
  const id = (name: string) => drawn.nodes.find(({ node }) => node.name === name)?.node.id;
  const right = neighbour(drawn, id('VMTA-5'), 'ArrowRight');
  expect(drawn.links.find(({ link }) => link.id === right)?.link.value).toBe(700);
  expect(neighbour(drawn, right, 'ArrowRight')).toBe(id('gmail'));
  expect(neighbour(drawn, right, 'ArrowLeft')).toBe(id('VMTA-5'));
  expect(neighbour(drawn, id('VMTA-5'), 'ArrowDown')).toBe(id('VMTA-6'));
  expect(neighbour(drawn, id('VMTA-6'), 'ArrowDown')).toBe(id('VMTA-6'));
  expect(neighbour(drawn, id('gmail'), 'ArrowRight')).toBe(id('gmail'));
  expect(neighbour(drawn, undefined, 'ArrowDown')).toBe(id('pool-a'));
});

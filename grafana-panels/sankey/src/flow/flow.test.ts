import fc from 'fast-check';
import { defaults } from '../options';
import { THROTTLED, flowFrame, type Row } from '../testing';
import { chooseFields } from '../view/choose';
import { sizesOf } from './fold';
import { flowOf, type DrawableFlow } from './flow';
import { waysThrough } from './trace';

function drawable(rows: readonly Row[], limit?: number, levels = true): DrawableFlow {
  const choice = chooseFields([flowFrame(rows, levels)], defaults);
  if (!('fields' in choice)) {
    throw new Error('the frame has no fields of a flow');
  }
  return flowOf(choice.fields, { limit, other: 'others' });
}

const valueOf = ({ links }: Pick<DrawableFlow, 'links'>) => links.reduce((sum, { value }) => sum + value, 0);
const name = (flow: DrawableFlow, id: string) => flow.nodes.find((node) => node.id === id)?.name;

// Without it one cell that is empty would take the whole drawing away.
test('bad rows cost no good one and are counted', () => {
  const bad: Row[] = [
    ['', 'x', 1],
    ['x', null, 1],
    ['x', 'y', -1],
    ['x', 'y', NaN],
    ['x', 'y', null],
    ['x', 'y', Infinity],
  ];
  const flow = drawable([...bad, ...THROTTLED, ['x', 'y', 0]]);
  expect(flow.links).toHaveLength(THROTTLED.length);
  expect([flow.skipped, flow.zeros]).toEqual([bad.length, 1]);
});

// "other" stands on every level, and a domain can be called as its provider: they would be one node, with a cycle.
test('equal names on different levels are different nodes', () => {
  const flow = drawable([
    ['other', 'other', 5, 0, 1, 0],
    ['other', 'other', 5, 0, 1, 1],
  ]);
  expect(flow.nodes.map(({ level }) => level)).toEqual([0, 1, 2]);
  expect(flow.cycles).toBe(0);
});

test('a link that is there twice is one, its values added and its rate weighted by them', () => {
  const flow = drawable([
    ['a', 'b', 300, 0.1, 1, 0],
    ['a', 'b', 100, 0.5, 1, 0],
    ['a', 'b', 100, null, 1, 0],
  ]);
  expect(flow.links).toMatchObject([{ value: 500, rows: [0, 1, 2] }]);
  expect(flow.links[0]?.color).toBeCloseTo(0.2);
});

test('of a cycle the smallest link is left out and said so', () => {
  const flow = drawable(
    [
      ['a', 'b', 5],
      ['b', 'c', 4],
      ['c', 'a', 1],
      ['c', 'c', 9],
    ],
    undefined,
    false
  );
  expect(flow.links.map(({ value }) => value)).toEqual([5, 4]);
  expect(flow.cycles).toBe(2);
});

const anyRows = fc.array(
  fc.tuple(fc.constantFrom(...'abcdefg'), fc.constantFrom(...'abcdefg'), fc.integer({ min: 1, max: 1000 })),
  { minLength: 1, maxLength: 40 }
);

test('whatever leads where, what is drawn has no cycle and nothing else is lost', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const flow = drawable(rows, undefined, false);
      const level = new Map(flow.nodes.map((node) => [node.id, node.level]));
      for (const { source, target } of flow.links) {
        expect(level.get(source)).toBeLessThan(level.get(target) ?? -1);
      }
      const pairs = new Set(rows.map(([source, target]) => `${source}${target}`));
      expect(flow.links.length + flow.cycles).toBe(pairs.size);
    })
  );
});

test('whatever is put together, the values add up, and no level has more nodes than were asked for', () => {
  fc.assert(
    fc.property(anyRows, fc.integer({ min: 1, max: 4 }), (rows, limit) => {
      const [whole, folded] = [drawable(rows, undefined, false), drawable(rows, limit, false)];
      expect(valueOf(folded)).toBe(valueOf(whole));
      const counts = new Map<number, number>();
      folded.nodes.forEach(({ level }) => counts.set(level, (counts.get(level) ?? 0) + 1));
      expect(Math.max(0, ...counts.values())).toBeLessThanOrEqual(limit + 1);
    })
  );
});

test('the largest nodes of a level keep their names', () => {
  const flow = drawable(
    ['a', 'b', 'c', 'd'].map((from, i): Row => [from, 'gmail', 10 + i, 0.5, 0, 0]),
    2
  );
  expect(flow.nodes.map((node) => node.name).sort()).toEqual(['c', 'd', 'gmail', 'others']);
  expect(flow.nodes.find(({ folded }) => folded !== undefined)?.folded).toBe(2);
  expect(sizesOf(flow).get(flow.nodes.find((node) => node.name === 'others')?.id ?? '')).toBe(21);
});

test('the ways through a link are all that leads to it and all it leads to', () => {
  const flow = drawable(THROTTLED);
  const link = flow.links.find(
    ({ source, target }) => name(flow, source) === 'VMTA-5' && name(flow, target) === 'yahoo'
  );
  const ways = waysThrough(flow, link?.id ?? '');
  expect([...ways.nodes].map((id) => name(flow, id)).sort()).toEqual(['VMTA-5', 'pool-a', 'yahoo']);
  expect(ways.links.size).toBe(2);
});

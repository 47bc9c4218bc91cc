import { Scope } from './scope';

it('writes a helper out where it is first used, and only its name after that', () => {
  const scope = new Scope();
  const low = scope.helper('part_low', 'lower(c1)');
  const short = scope.helper('part_short', `left(${low}, 3)`);
  const first = scope.output('first', `concat(${short}, ${low})`);
  scope.output('second', `length(${first}) + length(${short})`);
  expect(scope.list()).toBe(
    'concat((left((lower(c1) AS part_low), 3) AS part_short), part_low) AS first,\n' +
      'length(first) + length(part_short) AS second',
  );
});

// Two names around one expression: the engine would not know the inner one.
it('never gives one expression two names', () => {
  const scope = new Scope();
  const low = scope.helper('part_low', 'lower(c1)');
  expect(scope.helper('part_same', low)).toBe(low);
  scope.output('name', low);
  scope.output('size', `length(${low})`);
  expect(scope.list()).toBe('lower(c1) AS name,\nlength(name) AS size');
});

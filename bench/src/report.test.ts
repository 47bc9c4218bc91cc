import { renderReport, verdict, type Report } from './report';

it.each([
  [{ atLeast: 0.6 }, 0.6, 'ok'],
  [{ atLeast: 0.6 }, 0.59, 'misses'],
  [{ atMost: 50 }, 50, 'ok'],
  [{ atMost: 50 }, 51, 'misses'],
])('target %j, value %d: %s', (target, value, expected) => {
  expect(verdict({ name: 'x', value, unit: '', target })).toBe(expected);
});

it('shows every figure with its unit, target and verdict, in columns', () => {
  const report: Report = {
    date: '2026-09-15T00:00:00.000Z',
    extent: 'default',
    machine: { cpu: 'a cpu', cores: 2, memoryBytes: 1, node: '20.0.0', platform: 'linux' },
    figures: [
      { name: 'load', value: 123_456.7, unit: 'rows/s' },
      { name: 'load against the floor', value: 0.6123, unit: 'x', target: { atLeast: 0.6 } },
      { name: 'health p99', value: 70, unit: 'ms', target: { atMost: 50 } },
    ],
    samples: {},
  };
  expect(renderReport(report)).toBe(`default, 2 cores, a cpu, Node 20.0.0

load                    123,457 rows/s
load against the floor  0.612 x         >= 0.6  ok
health p99              70 ms           <= 50   misses
`);
});

// The smallest run misses targets that only hold for real sizes.
it('warns of the figures of a quick run', () => {
  const machine = { cpu: 'a cpu', cores: 2, memoryBytes: 1, node: '20.0.0', platform: 'linux' };
  const figures = [{ name: 'load', value: 1, unit: 'rows/s' }];
  const text = renderReport({ date: '', extent: 'quick', machine, figures, samples: {} });
  expect(text).toContain('too small to judge by');
});

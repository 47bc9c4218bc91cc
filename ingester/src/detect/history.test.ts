import { History, MedianHistory } from './history';

const HOUR = 3600;
const DAY = 24 * HOUR;
const NOW = 1_789_430_400 + 40 * DAY + 10 * HOUR;

describe('a baseline', () => {
  it('is of the same hour of the week, else of the day, else of the day before', () => {
    const history = new History();
    const at = () => history.baseline('a', NOW, 200);
    expect(at()).toBeUndefined();
    for (let hour = 1; hour <= 24; hour++) history.add('a', NOW - hour * HOUR, 100, 1);
    expect(at()).toBeCloseTo(0.01);
    for (let day = 2; day <= 6; day++) history.add('a', NOW - day * DAY, 100, 10);
    expect(at()).toBeCloseTo((1 + 5 * 10) / 600);
    history.add('a', NOW - 7 * DAY, 150, 60);
    expect(at()).toBeCloseTo((1 + 50 + 60) / 750);
    history.add('a', NOW - 14 * DAY, 50, 40);
    expect(at()).toBeCloseTo(0.5);
    expect(history.baseline('b', NOW, 200)).toBeUndefined();
  });

  it('takes the hour it is asked for out of itself', () => {
    const history = new History();
    history.add('a', NOW, 1000, 1000);
    expect(history.baseline('a', NOW, 200)).toBeUndefined();
  });

  it('is forgotten from an hour on, and before one', () => {
    const history = new History();
    for (let hour = 1; hour <= 24; hour++) history.add('a', NOW - hour * HOUR, 100, hour);
    history.forget({ from: NOW - 2 * HOUR });
    history.forget({ before: NOW - 4 * HOUR });
    expect(history.sum('a', NOW - DAY, NOW)).toEqual({ of: 200, events: 3 + 4 });
  });
});

it('the median of medians goes by how many values each stands for', () => {
  const history = new MedianHistory();
  history.add('a', NOW - HOUR, 3, 150);
  history.add('a', NOW - 2 * HOUR, 90, 40);
  history.add('a', NOW - 3 * HOUR, 5, 30);
  expect(history.baseline('a', NOW, 200)).toBe(3);
  expect(history.baseline('a', NOW, 221)).toBeUndefined();
});

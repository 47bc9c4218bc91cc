import type { Field } from '../model';
import { rowsOf } from './frames';
import { table } from './table';

describe('table', () => {
  it('lines columns up: text left, numbers right', () => {
    expect(
      table(
        ['name', 'rows'],
        [
          ['a.csv', 1234567],
          ['longer.csv', null],
        ],
      ),
    ).toBe('name             rows\n----------  ---------\na.csv       1,234,567\nlonger.csv          -\n');
  });

  it('keeps the headings where there is no row', () => {
    expect(table(['id', 'name'], [])).toBe('id  name\n--  ----\n');
  });

  it('takes the power off control characters that a log carries into a terminal', () => {
    expect(table(['diag'], [['\u001b[2Jgone\nline\u009b1m']])).toBe(
      'diag\n-------------\n [2Jgone line 1m\n'.replace('-------------', '-'.repeat(16)),
    );
  });

  it('cuts a long cell instead of tearing the rows apart', () => {
    const [, rule, row] = table(['message'], [['x'.repeat(500)]]).split('\n');
    expect(row).toHaveLength(80);
    expect(rule).toHaveLength(80);
  });
});

describe('rowsOf', () => {
  const time: Field = { name: 'time', type: 'time', typeInfo: { frame: 'time.Time', nullable: false } };
  const delivered: Field = {
    name: 'delivered',
    type: 'number',
    typeInfo: { frame: 'float64', nullable: true },
  };

  it('turns the columns of a frame into rows, with times that can be read', () => {
    expect(
      rowsOf({
        schema: { refId: 'A', fields: [time, { ...delivered, labels: { provider: 'gmail' } }] },
        data: { values: [[1789430400000], [5]] },
      }),
    ).toEqual({ headings: ['time', 'delivered {provider=gmail}'], rows: [['2026-09-15T00:00:00.000Z', 5]] });
  });

  it('gives no rows for an empty frame', () => {
    expect(rowsOf({ schema: { refId: 'A', fields: [time] }, data: { values: [[]] } }).rows).toEqual([]);
  });
});

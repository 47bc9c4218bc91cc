import { FieldType, toDataFrame, type DataFrame } from '@grafana/data';
import { defaults, type PulseOptions } from '../options';
import { END, MINUTES, ROWS, seriesFrame, seriesOf, tableFrame, type Row } from '../testing';
import { boardOf } from './board';
import { readBoard } from './read';
import type { Cell, Entity } from './types';

const minute = 60_000;

function entities(frames: DataFrame[], options: Partial<PulseOptions> = {}): readonly Entity[] {
  const read = readBoard(frames, { ...defaults, ...options });
  if (!('entities' in read)) {
    throw new Error(JSON.stringify(read));
  }
  return read.entities;
}

function cells(frames: DataFrame[], options: Partial<PulseOptions> = {}): readonly Cell[] {
  const all = { ...defaults, ...options };
  return boardOf(entities(frames, options), all).groups.flatMap((group) => group.cells);
}

const values = ({ readings }: Entity) =>
  Object.fromEntries(Object.entries(readings).map(([role, reading]) => [role, reading.value]));
const standings = (of: readonly Cell[]) => Object.fromEntries(of.map((cell) => [cell.entity.name, cell.standing]));

describe('what frames say', () => {
  // Without it a volume would count twice as soon as a board also asks for sparklines.
  test('a table and series of the same VMTA complete each other', () => {
    const found = entities([tableFrame(ROWS), ...seriesOf()]);
    expect(found).toHaveLength(ROWS.length);
    expect(values(found[0] as Entity)).toEqual({
      volume: 12_000,
      state: 0.99,
      success: 0.99,
      deferral: 0.004,
      latency: 1.2,
    });
    expect(found[0]?.history.values).toHaveLength(MINUTES);
  });

  test('series alone: volumes add up, rates are weighted by them, of quantiles the last counts', () => {
    const labels = { vmta: 'VMTA-1' };
    const [found] = entities([
      seriesFrame(labels, (at) => (at === 0 ? 300 : at === 1 ? 100 : 0)),
      seriesFrame(labels, (at) => (at === 0 ? 0.9 : at === 1 ? 0.5 : null), 'attemptSuccessRate'),
      seriesFrame(labels, (at) => (at < 2 ? at + 7 : null), 'latencyP95'),
    ]);
    expect(values(found as Entity)).toEqual({ volume: 400, state: 0.8, success: 0.8, latency: 8 });
  });

  test('rows one below the other, as SQL answers series, are read like series', () => {
    const frame = toDataFrame({
      fields: [
        { name: 'ts', type: FieldType.time, values: [END - minute, END - minute, END, END] },
        { name: 'host', type: FieldType.string, values: ['a', 'b', 'a', 'b'] },
        { name: 'attempts', type: FieldType.number, values: [60, 5, 40, 5] },
        { name: 'successRate', type: FieldType.number, values: [1, 1, 0.5, 1] },
      ],
    });
    const found = entities([frame]);
    expect(found.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(values(found[0] as Entity)).toMatchObject({ volume: 100, state: 0.8 });
    expect(found[0]?.history).toEqual({ at: [END - minute, END], values: [60, 40] });
  });

  test('series that a source names all alike are the volume', () => {
    const [found] = entities([tableFrame(ROWS), seriesFrame({ vmta: 'VMTA-1', pool: 'pool-a' }, () => 5, 'Value')]);
    expect(found?.history.values[0]).toBe(5);
  });

  // One empty cell would else take the board away, or stand on it without a name.
  test('bad rows cost no good one', () => {
    const bad: Row[] = [
      [null, 'p', 5, 1],
      ['', 'p', 5, 1],
      ['x', null, NaN, NaN, Infinity, null],
    ];
    const read = readBoard([tableFrame([...bad, ...ROWS])], defaults);
    expect(read).toMatchObject({ skipped: 2 });
    const found = entities([tableFrame([...bad, ...ROWS])]);
    expect(found).toHaveLength(ROWS.length + 1);
    expect(found[0]).toMatchObject({ name: 'x', group: '', readings: {} });
  });

  test('what is missing is named, by its role or as it was chosen', () => {
    const frame = (name: string, type: FieldType) => toDataFrame({ fields: [{ name, type, values: ['x'] }] });
    expect(readBoard([], defaults)).toEqual({ empty: true });
    expect(readBoard([tableFrame([])], defaults)).toEqual({ empty: true });
    expect(readBoard([frame('vmta', FieldType.string)], defaults)).toEqual({ missing: ['state'] });
    expect(readBoard([frame('attempts', FieldType.number)], defaults)).toEqual({ missing: ['name', 'state'] });
    const chosen = { ...defaults, name: 'host', latency: 'p99' };
    expect(readBoard([tableFrame(ROWS)], chosen)).toEqual({ missing: ['host', 'p99'] });
  });
});

describe('how cells stand', () => {
  test('by thresholds, where there is enough mail to judge', () => {
    const found = cells([tableFrame(ROWS)]);
    expect(standings(found)['VMTA-9']).toBe('few');
    expect(found.find(({ entity }) => entity.name === 'VMTA-5')).toMatchObject({ standing: 'judged', step: 0 });
    expect(found.find(({ entity }) => entity.name === 'VMTA-1')).toMatchObject({ step: 2, fine: true });
    expect(standings(cells([tableFrame(ROWS)], { minVolume: 0 }))['VMTA-9']).toBe('judged');
  });

  test('one that fell silent while the others go on is dark, and since when is known', () => {
    const found = cells([tableFrame(ROWS), ...seriesOf()]);
    expect(standings(found)).toMatchObject({ 'VMTA-2': 'dark', 'VMTA-1': 'judged', 'VMTA-9': 'few' });
    expect(found.find(({ standing }) => standing === 'dark')?.lastSeen).toBe(END - 20 * minute);
  });

  // Logs come late: a board that goes by the clock would be dark all over.
  test('when all fall silent together, the logs are late and none is dark', () => {
    const late = ROWS.map(([vmta]) => seriesFrame({ vmta: vmta ?? '' }, (at) => (at < MINUTES - 30 ? 100 : 0)));
    expect(Object.values(standings(cells([tableFrame(ROWS), ...late])))).not.toContain('dark');
  });

  test('one from which too little was to be expected is not dark', () => {
    const rare = seriesFrame({ vmta: 'rare' }, (at) => (at % 20 === 0 && at < 40 ? 5 : 0));
    const busy = seriesFrame({ vmta: 'busy' }, () => 100);
    const state = (vmta: string) => seriesFrame({ vmta }, () => 1, 'attemptSuccessRate');
    expect(standings(cells([rare, busy, state('rare'), state('busy')]))).toEqual({ rare: 'few', busy: 'judged' });
  });

  test('where the data says when each was last seen, one that was not for long is dark', () => {
    const frame = toDataFrame({
      fields: [
        { name: 'vmta', type: FieldType.string, values: ['a', 'b'] },
        { name: 'successRate', type: FieldType.number, values: [1, 1] },
        { name: 'lastEvent', type: FieldType.time, values: [END, END - 16 * minute] },
      ],
    });
    expect(standings(cells([frame]))).toEqual({ b: 'dark', a: 'judged' });
    expect(standings(cells([frame], { darkAfter: 20 }))).toEqual({ a: 'judged', b: 'judged' });
  });

  // The newest minute is still filling: a mean with it would always fall at the end.
  test('throughput is a mean of the last whole minutes', () => {
    const series = seriesFrame({ vmta: 'VMTA-1', pool: 'pool-a' }, (at) => (at === MINUTES - 1 ? 1 : 60));
    expect(cells([tableFrame(ROWS), series]).find(({ entity }) => entity.name === 'VMTA-1')?.throughput).toBe(60);
  });
});

describe('order', () => {
  const names = (options: Partial<PulseOptions>) =>
    cells([tableFrame(ROWS), ...seriesOf()], options).map(({ entity }) => entity.name);

  test('the worst come first, what is fine by name, what says nothing last', () => {
    expect(names({ grouped: false })).toEqual(['VMTA-2', 'VMTA-5', 'VMTA-6', 'VMTA-1', 'VMTA-10', 'VMTA-9']);
  });

  test('groups stand by the worst of each', () => {
    expect(names({})).toEqual(['VMTA-2', 'VMTA-1', 'VMTA-5', 'VMTA-6', 'VMTA-10', 'VMTA-9']);
  });

  test('by name, numbers as numbers, whatever happens', () => {
    const stable = ['VMTA-1', 'VMTA-2', 'VMTA-5', 'VMTA-6', 'VMTA-9', 'VMTA-10'];
    expect(names({ grouped: false, order: 'stable' })).toEqual(stable);
    expect(names({ order: 'stable' })).toEqual(stable);
  });

  test('of a deferral rate the highest is the worst', () => {
    const options = { ...defaults, grouped: false, state: 'deferralRate' };
    const order = cells([tableFrame(ROWS)], options).map(({ entity }) => entity.name);
    expect(order.slice(0, 2)).toEqual(['VMTA-5', 'VMTA-6']);
  });
});

// Who sends nothing in the whole time has no row in any answer: the most silent would be the one that nobody sees.
describe('open incidents of silent VMTAs', () => {
  const incidents = (rows: ReadonlyArray<readonly [kind: string, state: string, vmta: string, pool?: string]>) =>
    toDataFrame({
      fields: [
        { name: 'kind', type: FieldType.string, values: rows.map(([kind]) => kind) },
        { name: 'state', type: FieldType.string, values: rows.map(([, state]) => state) },
        { name: 'vmta', type: FieldType.string, values: rows.map(([, , vmta]) => vmta) },
        { name: 'pool', type: FieldType.string, values: rows.map(([, , , pool = '']) => pool) },
        { name: 'start', type: FieldType.time, values: rows.map(() => END - 90 * minute) },
        { name: 'attempts', type: FieldType.number, values: rows.map(() => 0) },
      ],
    });
  const found = (frames: DataFrame[]) => cells(frames).filter(({ entity }) => entity.silence);

  test('are dark cells, of VMTAs without any other row too', () => {
    const frame = incidents([
      ['vmta_dark', 'open', 'VMTA-77', 'pool-b'],
      ['vmta_dark', 'open', 'VMTA-9'],
      ['vmta_dark', 'closed', 'VMTA-1'],
      ['throttling', 'open', 'VMTA-6'],
      ['vmta_dark', 'open', ''],
    ]);
    const dark = found([tableFrame(ROWS), frame]);
    expect(dark.map(({ entity: { name, group }, standing, lastSeen }) => [name, group, standing, lastSeen])).toEqual([
      ['VMTA-9', 'pool-b', 'dark', END - 90 * minute],
      ['VMTA-77', 'pool-b', 'dark', END - 90 * minute],
    ]);
    expect(standings(cells([tableFrame(ROWS), frame]))).toMatchObject({ 'VMTA-1': 'judged', 'VMTA-6': 'judged' });
    expect(dark[1]?.entity.places).toEqual([{ fields: frame.fields.slice(2, 4), row: 0 }]);
  });

  test('are all there is where nobody sends anything', () => {
    expect(standings(cells([tableFrame([]), incidents([['vmta_dark', 'open', 'VMTA-1']])]))).toEqual({
      'VMTA-1': 'dark',
    });
    expect(readBoard([tableFrame([]), incidents([['vmta_dark', 'closed', 'VMTA-1']])], defaults)).toEqual({
      empty: true,
    });
  });

  test('do not hide that mail has come again', () => {
    const frame = incidents([['vmta_dark', 'open', 'VMTA-1']]);
    expect(standings(found([tableFrame(ROWS), ...seriesOf(), frame]))).toEqual({ 'VMTA-1': 'judged' });
  });

  test('take no number from the others', () => {
    expect(entities([tableFrame(ROWS), incidents([['vmta_dark', 'open', 'VMTA-1']])])[0]?.readings.volume?.value).toBe(
      12_000
    );
  });
});

import { LoadingState, dateTime, type DataFrame, type LinkModel, type PanelProps } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { PanelContextProvider, type PanelContext } from '@grafana/ui';
import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { barriers } from '../../../shared/testing/axe';
import { migrate } from '../migration';
import { defaults, type PulseOptions } from '../options';
import { ROWS, seriesOf, tableFrame, type Row } from '../testing';
import { PulsePanel } from './PulsePanel';

const HOSTILE = '<img src=x onerror=alert(1)>"\'\u202e';

interface Shown {
  series: DataFrame[];
  options?: Partial<PulseOptions>;
  state?: LoadingState;
  context?: Partial<PanelContext>;
  width?: number;
}

function panel({ series, options, state = LoadingState.Done, context = {}, width = 900 }: Shown) {
  const props = {
    data: { series, state, ...(state === LoadingState.Error && { errors: [{ message: 'no store' }] }) },
    timeRange: { from: dateTime(0), to: dateTime(1), raw: { from: 'now-1h', to: 'now' } },
    timeZone: 'utc',
    options: { ...defaults, ...options },
    width,
    height: 500,
  } as unknown as PanelProps<PulseOptions>;
  return (
    <PanelContextProvider value={context as PanelContext}>
      <PulsePanel {...props} />
    </PanelContextProvider>
  );
}

const show = (shown: Shown) => render(panel(shown));
const cell = (name: RegExp) => screen.getByRole('button', { name });
const look = (name: RegExp) => cell(name).getAttribute('data-look');

test('every VMTA is a cell with its state, throughput, deferral and latency', () => {
  show({ series: [tableFrame(ROWS), ...seriesOf()] });
  expect(screen.getAllByRole('button')).toHaveLength(ROWS.length);
  expect(cell(/^VMTA-5 .*31%/)).toHaveTextContent('VMTA-5 31% 150/min 66% 4 mins');
  expect(screen.getByText('pool-b')).toBeInTheDocument();
});

// The colour is what a whole wall is read by: it must come from the field's own thresholds.
test('the thresholds colour the cells; one with too little mail has no colour; a dark one has its own look', () => {
  show({ series: [tableFrame(ROWS), ...seriesOf()] });
  const color = (name: RegExp) => cell(name).style.getPropertyValue('--state');
  expect([color(/^VMTA-5 /), color(/^VMTA-6 /), color(/^VMTA-1 /)]).toEqual(['#F2495C', '#FF9830', '#73BF69']);
  expect([look(/^VMTA-5 /), look(/^VMTA-1 /)]).toEqual(['bad', 'fine']);
  expect([color(/^VMTA-9 .*Not enough data/), look(/^VMTA-9 /)]).toEqual(['', 'unjudged']);
  expect(cell(/^VMTA-2 .*No mail since 2026-09-15 11:40, although the others go on/)).toHaveTextContent('DARK');
  expect(look(/^VMTA-2 /)).toBe('dark');
  expect(screen.getByRole('status')).toHaveTextContent('DARK: VMTA-2');
});

test('the legend counts how many stand how', () => {
  const { container } = show({ series: [tableFrame([...ROWS, [null, null, 5, 1]]), ...seriesOf()] });
  expect(container).toHaveTextContent(/1 DARK/);
  expect(container).toHaveTextContent(/attemptSuccessRate < 75%: 1 ≥ 75%: 1 ≥ 90%: 2few: 1/);
  expect(container).toHaveTextContent(/1 rows without a name are not shown/);
});

test('states tell what is wrong from what is merely empty', () => {
  const message = (shown: Shown) => {
    const { container, unmount } = show(shown);
    const text = container.textContent;
    unmount();
    return text;
  };
  expect(message({ series: [] })).toMatch(/^No data/);
  expect(message({ series: [tableFrame([])] })).toMatch(/^No data/);
  expect(message({ series: [], state: LoadingState.Loading })).toBe('Loading');
  expect(message({ series: [], state: LoadingState.Error })).toBe('The query failedno store');
  expect(message({ series: [tableFrame(ROWS)], options: { state: 'gone' } })).toMatch(/no field for: gone/);
  expect(message({ series: [tableFrame([['a', 'p', 0, null]])] })).toBe('No mail: the volume of all 1 is 0');
  expect(message({ series: [tableFrame([['', 'p', 1, 1]])] })).toMatch(/No row has a name/);
});

// A board that is made anew on every refresh flickers, and loses what the keyboard is on.
test('an update changes the cells in place', () => {
  const { rerender } = show({ series: [tableFrame(ROWS)] });
  const before = cell(/^VMTA-5 /);
  act(() => before.focus());
  const better = ROWS.map((row): Row => (row[0] === 'VMTA-5' ? ['VMTA-5', 'pool-b', 9_000, 0.99, 0, 1] : row));
  rerender(panel({ series: [tableFrame(better)] }));
  expect(cell(/^VMTA-5 .*99%/)).toBe(before);
  expect(document.activeElement).toBe(before);
});

test('a click and Enter filter by the name', () => {
  const onAddAdHocFilter = jest.fn();
  show({ series: [tableFrame(ROWS)], context: { onAddAdHocFilter } });
  fireEvent.click(cell(/^VMTA-5 /));
  act(() => cell(/^VMTA-6 /).focus());
  fireEvent.keyDown(cell(/^VMTA-6 /), { key: 'Enter' });
  expect(onAddAdHocFilter.mock.calls).toEqual([
    [{ key: 'vmta', value: 'VMTA-5', operator: '=' }],
    [{ key: 'vmta', value: 'VMTA-6', operator: '=' }],
  ]);
});

test('data links are followed, and those that would run a script are not there', () => {
  const table = tableFrame(ROWS.slice(0, 1));
  const link = (title: string, href: string) => ({ title, href, origin: {} }) as LinkModel;
  const [name] = table.fields;
  if (name) {
    name.getLinks = () => [link('run', 'javascript:alert(1)'), link('VMTA', '/d/pmta-vmta?var-vmta=VMTA-1')];
  }
  show({ series: [table] });
  const push = jest.spyOn(locationService, 'push');
  fireEvent.click(cell(/^VMTA-1 /));
  expect(push.mock.calls).toEqual([['/d/pmta-vmta?var-vmta=VMTA-1']]);
});

test('arrows lead from cell to cell', () => {
  show({ series: [tableFrame(ROWS)], options: { grouped: false, order: 'stable' } });
  act(() => cell(/^VMTA-1 /).focus());
  fireEvent.keyDown(cell(/^VMTA-1 /), { key: 'ArrowRight' });
  expect(document.activeElement).toBe(cell(/^VMTA-2 /));
  expect(screen.getAllByRole('button').filter(({ tabIndex }) => tabIndex === 0)).toEqual([cell(/^VMTA-2 /)]);
});

test('the mouse shows everything that is known of a cell', () => {
  show({ series: [tableFrame(ROWS), ...seriesOf()] });
  fireEvent.mouseMove(cell(/^VMTA-5 /));
  const tooltip = screen.getByRole('tooltip');
  expect(tooltip).toHaveTextContent('VMTA-5');
  expect(tooltip).toHaveTextContent(/Now.*150\/min.*latencyP95.*4 mins.*Group.*pool-b/);
});

test('text of others is text', () => {
  const { container } = show({ series: [tableFrame([[HOSTILE, HOSTILE, 500, 1, 0, 1]])] });
  fireEvent.mouseMove(screen.getByRole('button'));
  expect(document.querySelector('img')).toBeNull();
  expect(container).toHaveTextContent(HOSTILE);
});

test('nothing stands in the way of people without a mouse', async () => {
  const { container } = show({ series: [tableFrame(ROWS), ...seriesOf()] });
  expect(await barriers(container)).toEqual([]);
});

test('options of earlier versions get what came later, those of later ones are kept', () => {
  expect(migrate({ options: { order: 'stable' } as Partial<PulseOptions> })).toEqual({ ...defaults, order: 'stable' });
  expect(migrate({ options: { version: 9 } as Partial<PulseOptions> }).version).toBe(9);
});

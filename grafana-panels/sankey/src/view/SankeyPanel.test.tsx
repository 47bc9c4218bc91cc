import {
  FieldType,
  LoadingState,
  dateTime,
  toDataFrame,
  type DataFrame,
  type LinkModel,
  type PanelProps,
} from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { PanelContextProvider, type PanelContext } from '@grafana/ui';
import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { barriers } from '../../../shared/testing/axe';
import { migrate } from '../migration';
import { defaults, type SankeyOptions } from '../options';
import { THROTTLED, flowFrame, type Row } from '../testing';
import { SankeyPanel } from './SankeyPanel';

const HOSTILE = '<img src=x onerror=alert(1)>"\'\u202e';

function show(series: DataFrame[], options: Partial<SankeyOptions> = {}, state = LoadingState.Done, context = {}) {
  const range = { from: dateTime(0), to: dateTime(1), raw: { from: 'now-1h', to: 'now' } };
  const props = {
    data: {
      series,
      state,
      timeRange: range,
      ...(state === LoadingState.Error && { errors: [{ message: 'no store' }] }),
    },
    options: { ...defaults, ...options },
    width: 800,
    height: 400,
  } as unknown as PanelProps<SankeyOptions>;
  return render(
    <PanelContextProvider value={context as PanelContext}>
      <SankeyPanel {...props} />
    </PanelContextProvider>
  );
}

const button = (name: RegExp) => screen.getByRole('button', { name });

test('draws a band for every link and says what each is', () => {
  show([flowFrame(THROTTLED)]);
  expect(button(/^VMTA-5 → gmail: 700, deferralRate 76%$/)).toBeInTheDocument();
  expect(button(/^gmail: 1.30 K/)).toBeInTheDocument();
  expect(screen.getByText(/Colour: deferralRate/)).toBeInTheDocument();
});

// The colour is what shows a throttled pipe at once: it must come from the field's own thresholds.
test('the thresholds of the colour field colour the links', () => {
  show([flowFrame(THROTTLED)]);
  const fill = (name: RegExp) => button(name).querySelector('path')?.getAttribute('fill');
  expect(fill(/^VMTA-5 → gmail/)).toBe('#F2495C');
  expect(fill(/^VMTA-6 → gmail/)).toBe('#73BF69');
});

test('a pinched pipe has what got through inside what was tried; the worst pulse', () => {
  show([flowFrame(THROTTLED)], { pinched: true });
  expect(button(/^VMTA-5 → gmail/).querySelectorAll('path')).toHaveLength(2);
  const shapes = [/^VMTA-5 → gmail/, /^VMTA-5 → yahoo/].map((name) => button(name).querySelectorAll('path')[1]);
  expect(shapes[0]?.getAttribute('class')).not.toBe(shapes[1]?.getAttribute('class'));
});

// Without it a field that was renamed would leave a drawing without colours, and nobody would know why.
test('what an option asks for and the data has not is said, and the rest is drawn', () => {
  show([flowFrame(THROTTLED)], { color: 'gone', pinched: true, pinchKind: 'more' });
  expect(screen.getByRole('note')).toHaveTextContent('No field: gone, latencyP95 / backlog');
  expect(button(/^VMTA-5 → gmail: 700$/)).toBeInTheDocument();
});

test('states tell what is wrong from what is merely empty', () => {
  const message = (series: DataFrame[], options = {}, state = LoadingState.Done) => {
    const { container, unmount } = show(series, options, state);
    const text = container.textContent;
    unmount();
    return text;
  };
  expect(message([])).toMatch(/^No data/);
  expect(message([flowFrame([])])).toMatch(/^No data/);
  expect(message([], {}, LoadingState.Loading)).toBe('Loading');
  expect(message([], {}, LoadingState.Error)).toBe('The query failedno store');
  expect(message([toDataFrame({ fields: [{ name: 'source', type: FieldType.string, values: ['a'] }] })])).toMatch(
    /no field for: target, value/
  );
  expect(message([flowFrame(THROTTLED)], { value: 'gone' })).toMatch(/no field for: gone/);
  expect(message([flowFrame([['a', 'b', 0, 0, 0, 0]])])).toBe('Nothing flows: every value is 0');
  expect(message([flowFrame([['a', 'b', -1, 0, 0, 0]])])).toMatch(/No row is a link/);
});

test('a click and Enter filter by both ends of a link', () => {
  const onAddAdHocFilter = jest.fn();
  show([flowFrame(THROTTLED)], {}, LoadingState.Done, { onAddAdHocFilter });
  const wanted = [
    [{ key: 'vmta', value: 'VMTA-5', operator: '=' }],
    [{ key: 'provider', value: 'gmail', operator: '=' }],
  ];
  fireEvent.click(button(/^VMTA-5 → gmail/));
  expect(onAddAdHocFilter.mock.calls).toEqual(wanted);
  onAddAdHocFilter.mockClear();
  act(() => button(/^VMTA-5 → gmail/).focus());
  fireEvent.keyDown(button(/^VMTA-5 → gmail/), { key: 'Enter' });
  expect(onAddAdHocFilter.mock.calls).toEqual(wanted);
});

test('a click can set variables, and hostile names arrive as they are', () => {
  show([flowFrame([[HOSTILE, 'gmail', 5, 0, 1, 0, 'job', 'provider']])], { click: 'variable' });
  fireEvent.click(screen.getByRole('button', { name: `${HOSTILE}: 5` }));
  expect(locationService.getSearchObject()).toMatchObject({ 'var-job': HOSTILE });
});

test('what was put together cannot be filtered by', () => {
  const onAddAdHocFilter = jest.fn();
  const rows = ['a', 'b', 'c', 'd'].map((from): Row => [from, 'other', 5, 0, 1, 0, 'job', 'provider']);
  show([flowFrame(rows)], { limit: 1 }, LoadingState.Done, { onAddAdHocFilter });
  fireEvent.click(screen.getAllByRole('button', { name: /^other: / })[0] as Element);
  expect(onAddAdHocFilter).not.toHaveBeenCalled();
});

test('data links that are no page are not offered', () => {
  const frame = flowFrame([['a', 'gmail', 5, 0, 1, 0]]);
  const [field] = frame.fields;
  const link = (title: string, href: string) => ({ title, href, target: '_self' }) as LinkModel;
  if (field) {
    field.getLinks = () => [
      link('run', 'javascript:alert(1)'),
      link('data', 'data:text/html,x'),
      link('job', '/d/pmta-job'),
    ];
  }
  show([frame]);
  const push = jest.spyOn(locationService, 'push');
  fireEvent.click(button(/^a → gmail/));
  expect(push.mock.calls).toEqual([['/d/pmta-job']]);
});

test('arrows lead from shape to shape, and the way is lit', () => {
  show([flowFrame(THROTTLED)]);
  act(() => button(/^VMTA-5: /).focus());
  fireEvent.keyDown(button(/^VMTA-5: /), { key: 'ArrowRight' });
  expect(document.activeElement).toBe(button(/^VMTA-5 → gmail/));
  const dimmed = (name: RegExp) => button(name).getAttribute('class');
  expect(dimmed(/^VMTA-6 → gmail/)).not.toBe(dimmed(/^pool-a → VMTA-5/));
});

test('text of senders is text', () => {
  const { container } = show([flowFrame([[HOSTILE, `${HOSTILE}2`, 5, 0, 1, 0]])]);
  expect(container.querySelector('img')).toBeNull();
  expect(screen.getByRole('button', { name: `${HOSTILE}2: 5` })).toBeInTheDocument();
  expect(screen.getByText(`${HOSTILE}2 5`)).toBeInTheDocument();
});

test('nothing stands in the way of people without a mouse', async () => {
  const { container } = show([flowFrame(THROTTLED)], { pinched: true });
  expect(await barriers(container)).toEqual([]);
});

test('options of earlier versions get what came later, those of later ones are kept', () => {
  expect(migrate({ options: { align: 'left' } as Partial<SankeyOptions> })).toEqual({ ...defaults, align: 'left' });
  expect(migrate({ options: { version: 9 } as Partial<SankeyOptions> }).version).toBe(9);
});

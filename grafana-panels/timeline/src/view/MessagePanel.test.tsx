import { LoadingState, dateTime, type DataFrame, type PanelProps } from '@grafana/data';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { barriers } from '../../../shared/testing/axe';
import { defaults, type TimelineOptions } from '../options';
import { LIFE, drawnNowhere, incidentFrame, traceFrame } from '../testing';
import { TimelinePanel } from './TimelinePanel';

const HOSTILE = '<img src=x onerror=alert(1)>"\'\u202e';

beforeAll(drawnNowhere);

function panel(series: DataFrame[], options: Partial<TimelineOptions> = {}) {
  const timeRange = { from: dateTime(0), to: dateTime(1), raw: { from: 'now-1h', to: 'now' } };
  const props = {
    data: { series, state: LoadingState.Done, timeRange },
    options: { ...defaults, ...options },
    width: 900,
    height: 300,
    timeRange,
    timeZone: 'utc',
    onChangeTimeRange: () => undefined,
  } as unknown as PanelProps<TimelineOptions>;
  return <TimelinePanel {...props} />;
}

const current = () => within(screen.getByRole('group', { name: /^Steps of a message/ })).getByRole('button');

test('a trace is told step by step, whatever the time of the dashboard', () => {
  const { container } = render(panel([traceFrame(LIFE)]));
  expect(['queued', 'deferred', 'delivered', 'complaint'].map((name) => screen.getAllByTitle(name).length)).toEqual([
    1, 1, 1, 1,
  ]);
  expect(current()).toHaveAccessibleName('queued: time 2026-09-15 10:00:00');
  act(() => current().focus());
  const told = ['ArrowDown', 'ArrowDown', 'ArrowDown'].map((key) => {
    fireEvent.keyDown(current(), { key });
    return current().getAttribute('aria-label');
  });
  expect(told).toEqual([
    expect.stringMatching(/^deferred: .*after the step before 4 s.*421-4.7.28/),
    expect.stringMatching(/^delivered: .*after the step before 1 d 2 h, .*method messageId/),
    expect.stringMatching(/^complaint: .*after the step before 30 d, .*method jobId\+rcpt.*confidence 90%/),
  ]);
  expect(container).toHaveTextContent('2 attempts, delivered after 1 d 2 h');
  expect(container).toHaveTextContent('Not to scale: long gaps are shortened');
  expect(container).toHaveTextContent('○ may be of another message');
});

test('lanes can be those of any field', () => {
  const { container } = render(panel([traceFrame(LIFE)], { lane: 'vmta' }));
  expect(
    within(container)
      .getAllByTitle(/^VMTA/)
      .map(({ title }) => title)
  ).toEqual(['VMTA-6', 'VMTA-5']);
});

test('states tell what is wrong from what is merely empty', () => {
  const message = (series: DataFrame[], options = {}) => {
    const { container, unmount } = render(panel(series, options));
    const text = container.textContent;
    unmount();
    return text;
  };
  expect(message([traceFrame([])])).toBe('No dataNo such message was found.');
  expect(message([incidentFrame([{ start: 1 }])], { mode: 'message' })).toMatch(/no field for: step, time.*type Trace/);
  expect(message([traceFrame([{ time: NaN, step: 'x' }])])).toMatch(/No row can be drawn/);
});

test('answers of strangers are text', async () => {
  const { baseElement } = render(panel([traceFrame([{ time: 1000, step: HOSTILE, diag: HOSTILE }])]));
  act(() => current().focus());
  fireEvent.keyDown(current(), { key: 'Enter' });
  expect(screen.getByRole('dialog', { name: HOSTILE })).toHaveTextContent(HOSTILE);
  expect(baseElement.querySelector('img')).toBeNull();
  expect(await barriers(baseElement)).toEqual([]);
});

import {
  FieldType,
  LoadingState,
  MappingType,
  OrgRole,
  createTheme,
  dateTime,
  toDataFrame,
  type DataFrame,
  type LinkModel,
  type PanelProps,
} from '@grafana/data';
import {
  config,
  setAppEvents,
  setBackendSrv,
  setDataSourceSrv,
  type BackendSrv,
  type DataSourceSrv,
} from '@grafana/runtime';
import { PanelContextProvider, type PanelContext } from '@grafana/ui';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { of, throwError } from 'rxjs';
import { barriers } from '../../../shared/testing/axe';
import { migrate } from '../migration';
import { defaults, type TimelineOptions } from '../options';
import { DAY, MINUTE, TEN, drawnNowhere, incidentFrame, type Incident } from '../testing';
import { painterOf } from './colors';
import { TimelinePanel } from './TimelinePanel';
import { lastedText } from './times';

const HOSTILE = '<img src=x onerror=alert(1)>"\'\u202e${__from}';

/** Width of the drawing beside the longest name of a lane of DAY: letters are 8 pixels wide, with some slack and 20 around them. */
const PLOT = 800 - (8 * 'gmail · VMTA-5'.length * 1.08 + 20);

beforeAll(drawnNowhere);

interface Shown {
  targets?: unknown[];
  options?: Partial<TimelineOptions>;
  state?: LoadingState;
  context?: Partial<PanelContext>;
  onChangeTimeRange?: PanelProps['onChangeTimeRange'];
  range?: [number, number];
}

function panel(series: DataFrame[], { options = {}, state = LoadingState.Done, context = {}, ...rest }: Shown = {}) {
  const [from, to] = (rest.range ?? [TEN - 120 * MINUTE, TEN + 120 * MINUTE]).map((time) => dateTime(time));
  const timeRange = { from, to, raw: { from, to } };
  const props = {
    data: {
      series,
      state,
      timeRange,
      request: { startTime: TEN + 60 * MINUTE, targets: rest.targets ?? [] },
      ...(state === LoadingState.Error && { errors: [{ message: 'no store' }] }),
    },
    options: { ...defaults, ...options },
    width: 800,
    height: 400,
    timeRange,
    timeZone: 'utc',
    onChangeTimeRange: rest.onChangeTimeRange ?? (() => undefined),
  } as unknown as PanelProps<TimelineOptions>;
  return (
    <PanelContextProvider value={context as PanelContext}>
      <TimelinePanel {...props} />
    </PanelContextProvider>
  );
}

const plot = () => screen.getByRole('group', { name: /^Timeline/ });
const current = () => within(plot()).getByRole('button');
const press = (key: string) => fireEvent.keyDown(current(), { key });

/** Goes to the bar at the top left and opens it. */
function openFirst() {
  act(() => current().focus());
  press('Enter');
  return screen.getByRole('dialog');
}

test('a bar says what it is, when it was and what is known of it', () => {
  render(panel([incidentFrame(DAY)]));
  expect(current()).toHaveAccessibleName(
    /^Gmail is throttling VMTA-5.*start 2026-09-15 10:00:00, end goes on, lasted 1 h, .*rate 88%, baseline 2%, waiting 4.20 K/
  );
});

test('arrows lead from bar to bar, the tooltip with them; Escape closes it', () => {
  render(panel([incidentFrame(DAY)]));
  act(() => current().focus());
  press('ArrowDown');
  expect(document.activeElement).toBe(current());
  expect(current()).toHaveAccessibleName(/^Gmail blocked VMTA-5/);
  expect(screen.getByRole('tooltip')).toHaveTextContent('Gmail blocked VMTA-5');
  press('Escape');
  expect(screen.queryByRole('tooltip')).toBeNull();
});

test('the mouse finds what it is over, and a click opens it', () => {
  render(panel([incidentFrame(DAY)], { options: { order: 'name' } }));
  // The first bar begins in the middle of what is in sight: at half the room beside the names.
  fireEvent.mouseMove(plot(), { clientX: PLOT / 2 + 50, clientY: 10 });
  expect(screen.getByRole('tooltip')).toHaveTextContent('Gmail is throttling');
  fireEvent.mouseDown(plot(), { clientX: PLOT / 2 + 50, clientY: 10 });
  fireEvent.mouseUp(window);
  fireEvent.click(plot(), { clientX: PLOT / 2 + 50, clientY: 10 });
  expect(screen.getByRole('dialog', { name: /^Gmail is throttling/ })).toBeInTheDocument();
  expect(screen.queryByRole('tooltip')).toBeNull();
});

test('a card filters by what its bar is about, shows its time, and gives the keys back', () => {
  const [onAddAdHocFilter, onChangeTimeRange] = [jest.fn(), jest.fn()];
  render(panel([incidentFrame(DAY)], { context: { onAddAdHocFilter }, onChangeTimeRange }));
  fireEvent.click(within(openFirst()).getByRole('button', { name: 'Show only gmail · VMTA-5' }));
  expect(onAddAdHocFilter.mock.calls).toEqual([
    [{ key: 'provider', value: 'gmail', operator: '=' }],
    [{ key: 'vmta', value: 'VMTA-5', operator: '=' }],
  ]);
  fireEvent.click(within(openFirst()).getByRole('button', { name: 'Show its time' }));
  expect(onChangeTimeRange).toHaveBeenCalledWith({ from: TEN - 6 * MINUTE, to: TEN + 66 * MINUTE });
  fireEvent.keyDown(openFirst(), { key: 'Escape' });
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(document.activeElement).toBe(current());
});

// A dashboard that refreshes would else close a card in use, or show another incident's numbers in it.
test('an open card stays with its incident when rows come in another order, and goes when it is gone', () => {
  const { rerender } = render(panel([incidentFrame(DAY)]));
  openFirst();
  const more = [{ ...DAY[1], id: 'new', sentence: 'Another' } as Incident, { ...DAY[0], waiting: 7 } as Incident];
  rerender(panel([incidentFrame(more)]));
  expect(screen.getByRole('dialog')).toHaveTextContent(/^Gmail is throttling.*waiting7/);
  rerender(panel([incidentFrame(more.slice(0, 1))]));
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('a part that is dragged over becomes the time of the dashboard; Escape gives it up', () => {
  const onChangeTimeRange = jest.fn();
  render(panel([incidentFrame(DAY)], { onChangeTimeRange }));
  const drag = (keys: () => void) => {
    fireEvent.mouseDown(plot(), { clientX: 0, clientY: 100 });
    fireEvent.mouseMove(window, { clientX: PLOT / 2, clientY: 100 });
    keys();
    fireEvent.mouseUp(window, { clientX: PLOT / 2, clientY: 100 });
    fireEvent.click(plot(), { clientX: PLOT / 2, clientY: 100 });
  };
  drag(() => fireEvent.keyDown(window, { key: 'Escape' }));
  expect(onChangeTimeRange).not.toHaveBeenCalled();
  drag(() => undefined);
  expect(onChangeTimeRange).toHaveBeenCalledTimes(1);
  const [[{ from, to }]] = onChangeTimeRange.mock.calls as [[{ from: number; to: number }]];
  expect(from).toBe(TEN - 120 * MINUTE);
  // To a pixel.
  expect(Math.abs(to - TEN)).toBeLessThan(MINUTE / 2);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('plus zooms, and what is zoomed can be taken for the dashboard', () => {
  const onChangeTimeRange = jest.fn();
  render(panel([incidentFrame(DAY)], { onChangeTimeRange }));
  act(() => current().focus());
  press('+');
  fireEvent.click(screen.getByRole('button', { name: 'Set the dashboard to this time' }));
  const [[{ from, to }]] = onChangeTimeRange.mock.calls as [[{ from: number; to: number }]];
  expect((to - from) / MINUTE).toBeCloseTo(120, 1);
  fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
  expect(screen.queryByRole('button', { name: 'Show all' })).toBeNull();
});

test('states tell what is wrong from what is merely empty', () => {
  const message = (series: DataFrame[], shown: Shown = {}) => {
    const { container, unmount } = render(panel(series, shown));
    const text = container.textContent;
    unmount();
    return text;
  };
  expect(message([])).toMatch(/^No data/);
  expect(message([incidentFrame([])])).toMatch(/^No data/);
  expect(message([], { state: LoadingState.Loading })).toBe('Loading');
  expect(message([], { state: LoadingState.Error })).toBe('The query failedno store');
  expect(message([toDataFrame({ fields: [{ name: 'kind', type: FieldType.string, values: ['a'] }] })])).toMatch(
    /no field for: start/
  );
  expect(message([incidentFrame(DAY)], { options: { color: 'gone' } })).toMatch(/no field for: gone/);
  expect(message([incidentFrame([{ start: NaN }])])).toMatch(/No row can be drawn/);
  expect(message([incidentFrame(DAY)], { range: [0, 1] })).toMatch(/^Nothing lies in this time.*2026-09-15 09:00:00/);
});

test('data links of the row are in the card, and none that is no page', () => {
  const frame = incidentFrame(DAY);
  const field = frame.fields.find(({ name }) => name === 'provider');
  const link = (title: string, href: string) => ({ title, href, target: '_self' }) as LinkModel;
  if (field) {
    field.getLinks = () => [link('run', 'javascript:alert(1)'), link('Open this provider', '/d/pmta-domains')];
  }
  render(panel([frame]));
  const links = within(openFirst()).getAllByRole('link');
  expect(links.map((each) => each.getAttribute('href'))).toEqual(['/d/pmta-domains']);
});

describe('an incident of our datasource', () => {
  const asked: unknown[] = [];
  const fetch = jest.fn();
  const query = (request: unknown) => {
    asked.push(request);
    const fields = [
      { name: 'evidence', type: FieldType.string, values: ['cause', 'reason'] },
      { name: 'sentence', type: FieldType.string, values: ['Gmail limits VMTA-5', 'evidence of it'] },
      { name: 'confidence', type: FieldType.number, values: [0.91, null] },
    ];
    return of({ data: [toDataFrame({ fields })] });
  };
  const targets = [{ refId: 'A', datasource: { type: 'pmta-watchtower-datasource', uid: 'w' } }];

  beforeEach(() => {
    setBackendSrv({ fetch } as unknown as BackendSrv);
    setDataSourceSrv({ get: async () => ({ query, getRef: () => ({ uid: 'w' }) }) } as unknown as DataSourceSrv);
    setAppEvents({ publish: (event: unknown) => asked.push(event) } as never);
    asked.length = 0;
  });

  const openAs = async (role: OrgRole) => {
    config.bootData.user.orgRole = role;
    render(panel([incidentFrame(DAY)], { targets }));
    const card = openFirst();
    await within(card).findByText(/Gmail limits VMTA-5 .*91 % sure/);
    return card;
  };

  test('says what explains it, without the evidence', async () => {
    const card = await openAs(OrgRole.Viewer);
    expect(card).not.toHaveTextContent('evidence of it');
    expect(asked[0]).toMatchObject({ targets: [{ queryType: 'causes', incident: 'throttling-1' }] });
  });

  test('is acknowledged in place, and the card says so before the next answer', async () => {
    const card = await openAs(OrgRole.Editor);
    fetch.mockReturnValue(of({ data: { incident: { ackBy: 'ben', note: 'slowed down' } } }));
    fireEvent.change(within(card).getByRole('textbox', { name: 'Note' }), { target: { value: 'slowed down' } });
    fireEvent.click(within(card).getByRole('button', { name: 'Acknowledge' }));
    await within(card).findByText('Acknowledged by ben: slowed down');
    const url = '/api/datasources/uid/w/resources/incidents/throttling-1/ack';
    expect(fetch.mock.calls[0]).toMatchObject([{ url, method: 'POST', data: { note: 'slowed down' } }]);
    expect(asked.at(-1)).toEqual({ type: 'alert-success', payload: ['The incident is acknowledged'] });
  });

  test('a refusal is told with its reason, and nothing is said to be done', async () => {
    const card = await openAs(OrgRole.Admin);
    const error = { status: 403, data: { error: { message: 'this needs the role Editor' } }, config: {} };
    fetch.mockReturnValue(throwError(() => error));
    fireEvent.click(within(card).getByRole('button', { name: 'Acknowledge' }));
    await waitFor(() =>
      expect(asked.at(-1)).toEqual({
        type: 'alert-error',
        payload: ['The incident was not acknowledged', 'this needs the role Editor'],
      })
    );
    expect(card).not.toHaveTextContent('Acknowledged by');
  });

  // The server refuses a Viewer by itself; offering it would be a promise that is not kept.
  test('a Viewer is not offered to acknowledge', async () => {
    const card = await openAs(OrgRole.Viewer);
    expect(within(card).queryByRole('button', { name: 'Acknowledge' })).toBeNull();
  });
});

test('text of strangers is text', () => {
  const rows = [{ ...DAY[0], provider: HOSTILE, sentence: HOSTILE, note: HOSTILE } as Incident];
  const { container } = render(panel([incidentFrame(rows)]));
  openFirst();
  expect(container.ownerDocument.querySelector('img')).toBeNull();
  expect(screen.getByRole('dialog', { name: HOSTILE })).toBeInTheDocument();
});

test('colours come from mappings, else from what words mean', () => {
  const theme = createTheme();
  const fieldOf = (config = {}) =>
    incidentFrame(DAY, { severity: config }).fields.find(({ name }) => name === 'severity');
  const mappings = [{ type: MappingType.ValueToText, options: { info: { color: 'purple', text: 'Info' } } }];
  const [plain, mapped] = [painterOf(fieldOf(), theme), painterOf(fieldOf({ mappings }), theme)];
  expect([plain(0), plain(1)]).toEqual([theme.colors.error.main, theme.colors.warning.main]);
  expect([mapped(0), mapped(2)]).toEqual([theme.colors.error.main, theme.visualization.getColorByName('purple')]);
});

test.each([
  [0, '0 s'],
  [4000, '4 s'],
  [125_000, '2 min 5 s'],
  [2 * 86_400_000 + 3 * 3_600_000, '2 d 3 h'],
  [30 * 86_400_000 + 5000, '30 d'],
])('%i ms are %s', (milliseconds, text) => expect(lastedText(milliseconds)).toBe(text));

test('nothing stands in the way of people without a mouse', async () => {
  const { baseElement } = render(panel([incidentFrame(DAY)]));
  openFirst();
  expect(await barriers(baseElement)).toEqual([]);
});

test('options of earlier versions get what came later, those of later ones are kept', () => {
  expect(migrate({ options: { lane: 'kind' } as Partial<TimelineOptions> })).toEqual({ ...defaults, lane: 'kind' });
  expect(migrate({ options: { version: 9 } as Partial<TimelineOptions> }).version).toBe(9);
});

import { FieldType, LoadingState, MappingType, toDataFrame, type DataFrame, type PanelProps } from '@grafana/data';
import { fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { barriers } from '../../../shared/testing/axe';
import type { FilesClient } from '../api/client';
import { migrate } from '../migration';
import { defaults, type FilesOptions } from '../options';
import { NOON, filesFrame, logFile } from '../testing';
import { columnsFor } from './columns';
import { DropPlace } from './DropPlace';
import { ErrorList } from './ErrorList';
import { FilesPanel } from './FilesPanel';
import type { FilesStyles } from './styles';
import { spanText, whatGoes } from './texts';

const HOSTILE = '<img src=x onerror=alert(1)>"\'\u202e';
const STYLES = {} as FilesStyles;

const FILES = [
  logFile({ id: '5', name: 'tran.csv', status: 'loading', rows: 500, bytes: 1000, bytesRead: 250 }),
  logFile({ id: '4', name: 'bounce.csv', status: 'loaded_with_errors', errors: 3 }),
  logFile({ id: '3', name: 'notes.txt', status: 'rejected', message: 'no column of it is known', rows: 0, events: 0 }),
  logFile({ id: '2', name: 'acct-copy.csv', status: 'duplicate' }),
  logFile(),
];

function show(series: DataFrame[], state = LoadingState.Done, width = 1200) {
  const props = {
    data: { series, state, ...(state === LoadingState.Error && { errors: [{ message: 'no store' }] }) },
    timeZone: 'utc',
    options: defaults,
    width,
    height: 500,
  } as unknown as PanelProps<FilesOptions>;
  return render(<FilesPanel {...props} />);
}

const row = (name: string) =>
  within(screen.getByRole('rowheader', { name: new RegExp(`^${name}`) }).closest('tr') as HTMLElement);

test('every file is a row: how it stands, its rows, duplicates, errors, size and times', () => {
  show([filesFrame(FILES)]);
  expect(
    row('acct.csv')
      .getAllByRole('cell')
      .map((cell) => cell.textContent)
  ).toEqual(['loaded', '12,000', '10', '0', '1.91 MiB', '2026-09-15 11:00 – 12:00', '2026-09-15 12:00:00']);
  expect(row('notes.txt').getByText('refused')).toBeInTheDocument();
  expect(row('notes.txt').getByText('no column of it is known')).toBeInTheDocument();
});

// Someone who waits for a night's log wants to know that it goes on, and how far it is.
test('a file on its way in shows its rows so far and how much of it was read', () => {
  show([filesFrame(FILES)]);
  expect(row('tran.csv').getByText('500')).toBeInTheDocument();
  expect(row('tran.csv').getByRole('progressbar')).toHaveAttribute('aria-valuenow', '25');
  expect(row('acct.csv').queryByRole('progressbar')).toBeNull();
});

test('a status reads as its value mapping says, where it has one', () => {
  const frame = filesFrame(FILES);
  const status = frame.fields.find(({ name }) => name === 'status');
  if (status) {
    status.config.mappings = [
      { type: MappingType.ValueToText, options: { loaded: { text: 'fertig', color: 'blue' } } },
    ];
    status.display = (value) => ({
      text: value === 'loaded' ? 'fertig' : String(value),
      numeric: NaN,
      color: '#123456',
    });
  }
  show([frame]);
  expect(row('acct.csv').getByText('fertig').parentElement).toHaveStyle({ color: '#123456' });
  expect(row('notes.txt').getByText('refused').parentElement).not.toHaveStyle({ color: '#654321' });
});

test('states tell what is wrong from what is merely empty', () => {
  const message = (series: DataFrame[], state = LoadingState.Done) => {
    const { container, unmount } = show(series, state);
    const text = container.textContent;
    unmount();
    return text;
  };
  expect(message([])).toMatch(/^No data/);
  expect(message([filesFrame([])])).toMatch(/^No data.*No log has come in yet/);
  expect(message([], LoadingState.Loading)).toBe('Loading');
  expect(message([], LoadingState.Error)).toBe('The query failedno store');
  const other = toDataFrame({ fields: [{ name: 'name', type: FieldType.string, values: ['x'] }] });
  expect(message([other])).toMatch(/no field for: id, status/);
  expect(message([filesFrame([{ name: 'x' }, ...FILES])])).toMatch(/1 rows without an id are not shown/);
});

// Another datasource has no resources to call, and a Viewer no right to: neither is shown what would only be refused.
test('without our datasource there is a list and nothing to change it by', () => {
  show([filesFrame(FILES)]);
  expect(screen.queryAllByRole('button')).toEqual([]);
});

test('a narrow panel keeps what matters most', () => {
  expect(columnsFor(400)).toEqual(['rows', 'errors']);
  expect(columnsFor(700)).toEqual(['rows', 'duplicates', 'errors', 'size']);
  expect(columnsFor(1200)).toHaveLength(6);
});

test('what goes with a file is said before it goes', () => {
  const said = (file: Parameters<typeof logFile>[0]) => whatGoes({}, logFile(file), 'utc');
  expect(said({})).toMatch(/^11,990 events from 2026-09-15 11:00 – 12:00 go out of every figure/);
  expect(said({ status: 'duplicate' })).toMatch(/no figure changes/);
  expect(said({ events: 0, status: 'failed' })).toMatch(/no figure changes/);
});

test('a span says its days, once where it is one', () => {
  expect(spanText(logFile({ firstEvent: NOON - 86_400_000 }), 'utc')).toBe('2026-09-14 12:00 – 2026-09-15 12:00');
  expect(spanText(logFile({ firstEvent: NOON }), 'utc')).toBe('2026-09-15 12:00');
  expect(spanText(logFile({ firstEvent: null }), 'utc')).toBe('');
});

describe('dropping', () => {
  const transfer = (files: File[], types = ['Files']) => ({ dataTransfer: { files, types } });

  test('several files at once are taken; text that is dragged over is not', () => {
    const onFiles = jest.fn();
    const { container } = render(<DropPlace onFiles={onFiles} styles={STYLES} />);
    const place = container.firstElementChild as Element;
    const files = [new File(['x'], 'a.csv'), new File(['y'], 'b.zip')];
    fireEvent.dragEnter(place, transfer(files));
    expect(screen.getByText('Drop to upload')).toBeInTheDocument();
    fireEvent.drop(place, transfer(files));
    expect(screen.queryByText('Drop to upload')).toBeNull();
    fireEvent.drop(place, transfer([], ['text/plain']));
    expect(onFiles.mock.calls).toEqual([[files]]);
  });

  test('those who may not upload are not asked to', () => {
    render(<DropPlace onFiles={undefined} styles={STYLES} />);
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('errors of a file', () => {
  const pages: Pick<FilesClient, 'errors'> = {
    errors: async (_, cursor) =>
      cursor === undefined
        ? { errors: [{ line: 7, reason: 'no time', raw: HOSTILE }], next: '1' }
        : { errors: [{ line: 9, reason: 'no type', raw: 'x,y' }], next: null },
  };

  test('stand line by line, page by page, as the text that they are', async () => {
    render(<ErrorList file={logFile({ errors: 2 })} client={pages} styles={STYLES} />);
    expect(await screen.findByText(HOSTILE)).toBeInTheDocument();
    expect(document.querySelector('img')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Show more: 1 of 2' }));
    expect(await screen.findByText('no type')).toBeInTheDocument();
    expect(screen.getByText('no time')).toBeInTheDocument();
    expect(screen.queryByRole('button')).toBeNull();
  });

  test('when they cannot be read, why is said', async () => {
    const client = { errors: () => Promise.reject(new Error('the service is away')) };
    render(<ErrorList file={logFile({ errors: 2 })} client={client} styles={STYLES} />);
    expect(await screen.findByRole('alert')).toHaveTextContent('the service is away');
  });
});

test('text of others is text', () => {
  show([filesFrame([logFile({ name: HOSTILE, message: HOSTILE, status: HOSTILE, node: HOSTILE })])]);
  expect(document.querySelector('img')).toBeNull();
  expect(screen.getAllByText(HOSTILE).length).toBeGreaterThan(1);
});

test('nothing stands in the way of people without a mouse', async () => {
  const { container } = show([filesFrame(FILES)]);
  expect(await barriers(container)).toEqual([]);
});

test('options of earlier versions get what came later, those of later ones are kept', () => {
  expect(migrate({ options: { upload: false } as Partial<FilesOptions> })).toEqual({ ...defaults, upload: false });
  expect(migrate({ options: { version: 9 } as Partial<FilesOptions> }).version).toBe(9);
});

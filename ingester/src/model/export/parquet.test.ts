import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowsFrame, type Frame, type Json, type Value } from '../frames';
import { openTestStore, type TestStore } from '../store.testkit';
import { parquetPages } from './parquet';

const COLUMNS = [
  { name: 'at', kind: 'time' },
  { name: 'queued', kind: 'instant' },
  { name: 'header:x-campaign', kind: 'text' },
  { name: 'n', kind: 'number' },
  { name: 'headers', kind: 'json' },
] as const;

function frameOf(rows: readonly (readonly (Value | Json)[])[]): Frame {
  return rowsFrame(COLUMNS, rows, { refId: 'A', notices: [], custom: {} });
}

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

/** What ClickHouse reads from a file of these pages, and the sizes of the pieces it came in. */
async function readBack(
  pages: readonly Frame[],
): Promise<{ rows: unknown[]; types: string[]; pieces: number[] }> {
  const [first = frameOf([])] = pages;
  const file = await parquetPages(first);
  const pieces = [...pages.map((page) => file.page(page)), file.end()];
  const path = join(opened.directory, 'export.parquet');
  writeFileSync(path, Buffer.concat(pieces));
  const source = `file('${path}', 'Parquet')`;
  const types = await opened.store.read<{ type: string }>(`DESCRIBE TABLE ${source}`);
  const rows = await opened.store.read(
    `SELECT toUnixTimestamp64Milli(at) AS at, toUnixTimestamp64Milli(queued) AS queued, \`header:x-campaign\`, n, headers
     FROM ${source} ORDER BY at`,
  );
  return { rows, types: types.map(({ type }) => type), pieces: pieces.map(({ length }) => length) };
}

it('holds times, texts, numbers and what is missing, whatever stands in a log', async () => {
  const hostile = '=cmd|\u0000"\',\r\n\u{1f600}\ud800';
  const { rows, types } = await readBack([
    frameOf([
      [1_789_430_400_123, 1_789_430_400_000, hostile, 1.5, { 'x-a': 'ü' }],
      [1_789_430_401_000, null, '', null, {}],
    ]),
  ]);
  expect(rows).toEqual([
    {
      at: 1_789_430_400_123,
      queued: 1_789_430_400_000,
      'header:x-campaign': hostile.replace('\ud800', '\ufffd'),
      n: 1.5,
      headers: '{"x-a":"ü"}',
    },
    { at: 1_789_430_401_000, queued: null, 'header:x-campaign': '', n: null, headers: '{}' },
  ]);
  const time = expect.stringMatching(/^(Nullable\()?DateTime64\(3/) as string;
  const text = expect.stringMatching(/^(Nullable\()?String/) as string;
  expect(types).toEqual([time, time, text, 'Nullable(Float64)', text]);
});

it('is a file without rows where nothing matches', async () => {
  expect((await readBack([frameOf([])])).rows).toEqual([]);
});

it('gives its rows out as they fill a group, so that none are held for the whole', async () => {
  const pages = Array.from({ length: 9 }, (_, page) =>
    frameOf(Array.from({ length: 5_000 }, (_, i) => [page * 5_000 + i, null, `text ${i * 7_919}`, i, {}])),
  );
  const { rows, pieces } = await readBack(pages);
  expect(rows.map((row) => (row as { at: number }).at)).toEqual(Array.from({ length: 45_000 }, (_, i) => i));
  expect(pieces.map((length) => length > 1_000)).toEqual([
    ...[false, false, false, true],
    ...[false, false, false, true],
    ...[false, true],
  ]);
});

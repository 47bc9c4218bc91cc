import { csvText, jsonLines } from './exportText';
import { rowsFrame } from '../frames';

const frame = rowsFrame(
  [
    { name: 'time', kind: 'time' },
    { name: 'diag', kind: 'text' },
    { name: 'size', kind: 'number' },
    { name: 'headers', kind: 'json' },
  ],
  [
    [0, 'he said "no", twice', -1, { 'x-job': 'a,b' }],
    [1000, '', null, {}],
  ],
  { refId: 'A', notices: [], custom: {} },
);

const cell = (text: string) =>
  csvText(rowsFrame([{ name: 'a', kind: 'text' }], [[text]], { refId: 'A', notices: [], custom: {} }), false);

it('CSV has a heading once, quotes what must be quoted, and leaves numbers numbers', () => {
  const rows =
    '1970-01-01T00:00:00.000Z,"he said ""no"", twice",-1,"{""x-job"":""a,b""}"\r\n1970-01-01T00:00:01.000Z,,,{}\r\n';
  expect(csvText(frame, true)).toBe(`time,diag,size,headers\r\n${rows}`);
  expect(csvText(frame, false)).toBe(rows);
});

it.each([
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"\r\n`],
  ['+1', `'+1\r\n`],
  ['-1+1', `'-1+1\r\n`],
  ['@SUM(A1)', `'@SUM(A1)\r\n`],
  ['\t=1', `'\t=1\r\n`],
  ['\r=1', `"'\r=1"\r\n`],
  ['a=1', 'a=1\r\n'],
])('a spreadsheet does not take %j for a formula', (text, written) => {
  expect(cell(text)).toBe(written);
});

it('JSON lines keep types, and text as it is', () => {
  expect(
    jsonLines(frame)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { time: '1970-01-01T00:00:00.000Z', diag: 'he said "no", twice', size: -1, headers: { 'x-job': 'a,b' } },
    { time: '1970-01-01T00:00:01.000Z', diag: '', size: null, headers: {} },
  ]);
});

import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { physicalLines, salvage } from './index';

const OPTIONS = { columns: 3, firstRecord: 1, firstLine: 2, maxRecordBytes: 1000 };
const rescue = (text: string, options = {}) => salvage(Buffer.from(text), { ...OPTIONS, ...options });
const rows = (csv: Buffer): string[][] => parse(csv, { relax_quotes: false });

describe('salvage', () => {
  it('numbers good rows, names the physical line and reason of bad ones', () => {
    const { csv, good, errors } = rescue(
      ['a,b,c', 'a,b', '', 'a,"multi', 'line",c', 'a,"b,c', 'd,e,f,g', 'h,i,j'].join('\n'),
    );
    expect(csv.toString()).toBe('1,a,b,c\n3,a,"multi\nline",c\n6,h,i,j\n');
    expect(good).toBe(3);
    expect(errors).toEqual([
      { line: 3, record: 2, reason: 'expected 3 columns, found 2', raw: 'a,b' },
      { line: 7, record: 4, reason: 'a quote is opened and never closed', raw: 'a,"b,c' },
      { line: 8, record: 5, reason: 'expected 3 columns, found 4', raw: 'd,e,f,g' },
    ]);
  });

  it.each([
    ['a,"b"x,c', 'text behind a closing quote'],
    ['a,b"x,c', 'a quote without a partner'],
    ['a,b\rx,c', 'a carriage return inside an unquoted field'],
    ['a,b\0x,c', 'the row holds NUL bytes'],
    [`a,${'b'.repeat(1000)},c`, 'the row is longer than 1000 bytes'],
    [`a,"${'b\n'.repeat(500)}",c`, 'the row is longer than 1000 bytes'],
  ])('refuses %j and nothing beside it', (bad, reason) => {
    const { csv, errors } = rescue(`k,l,m\n${bad}\nx,y,z\n`);
    expect(errors[0]).toMatchObject({ line: 3, reason });
    expect(rows(csv).map((row) => row.slice(1).join(''))).toEqual(['klm', 'xyz']);
  });

  it('reads balanced quotes inside an unquoted field as text, and writes them so that any parser does', () => {
    const { csv, errors } = rescue('a,user "x" unknown,c\n');
    expect(errors).toEqual([]);
    expect(csv.toString()).toBe('1,a,"user ""x"" unknown",c\n');
  });

  it('keeps bytes that are not UTF-8 as they are', () => {
    const row = Buffer.from([0x61, 0x2c, 0xff, 0xe9, 0x22, 0x22, 0x2c, 0x63]);
    expect(salvage(row, OPTIONS).csv.toString('latin1')).toBe('1,a,"\xff\xe9""""",c\n');
  });

  it('cuts the shown text at 500 characters', () => {
    expect(rescue('é'.repeat(800)).errors[0]?.raw).toBe('é'.repeat(500));
  });

  it('takes CRLF off, also where the last line lacks its newline', () => {
    expect(rescue('a,b,c\r\n\r\nd,e,"f"\r\ng,h,i\r').csv.toString()).toBe('1,a,b,c\n2,d,e,"f"\n3,g,h,i\n');
  });

  it('never loses a good row to bad neighbours', () => {
    const good = fc.stringMatching(/^[a-z]{1,6}$/).map((s) => `good,"${s},",${s}`);
    const bad = fc.constantFrom(
      '"',
      'a,"b',
      'a,"b",c"',
      '"a""',
      'a',
      'a,b,c,d',
      ',"',
      'x","""y',
      '\0',
      'a\rb',
      '"",""',
      '',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(good, bad), { maxLength: 40 }), (lines) => {
        const found = rows(rescue(lines.map((line) => line + '\n').join('')).csv).map((row) => row.slice(1));
        const expected = parse(lines.filter((line) => line.startsWith('good')).join('\n'));
        expect(found.filter((row) => row[0] === 'good')).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('physicalLines', () => {
  it('finds the lines of rows behind newlines in quotes, blank lines and broken rows', () => {
    const chunk = Buffer.from('a,"1\n2\n3",c\n\na,"b\nd,e,f\ng,h,i\n');
    expect(physicalLines(chunk, { ...OPTIONS, firstRecord: 10, firstLine: 100 }, [10, 11, 13])).toEqual([
      100, 104, 106,
    ]);
  });
});

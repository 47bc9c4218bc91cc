import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { RecordCutter, salvage } from './index';
import type { CutterOptions, Piece } from './index';

const OPTIONS: CutterOptions = {
  columns: 3,
  chunkBytes: 40,
  maxRecordBytes: 200,
  start: { offset: 0, record: 1, line: 2 },
};

function cutAll(input: Buffer, cuts: number[] = [], options: Partial<CutterOptions> = {}): Piece[] {
  const cutter = new RecordCutter({ ...OPTIONS, ...options });
  const borders = [0, ...cuts.map((cut) => cut % (input.length + 1)).sort((a, b) => a - b), input.length];
  const pieces = borders.slice(1).flatMap((to, i) => cutter.push(input.subarray(borders[i], to)));
  return [...pieces, ...cutter.end()];
}

const text = (piece: Piece): string => Buffer.concat(piece.parts).toString('latin1');
const joined = (pieces: Piece[]): Piece[] => pieces.map((p) => ({ ...p, parts: [Buffer.concat(p.parts)] }));

/** Text out of the characters that mean something to CSV: most of it is malformed. */
const noise = fc
  .array(
    fc.constantFrom('a', 'b', ' ', ',', ',', '"', '"', '\n', '\n', '\r\n', '\r', '\0', '""', 'x,y,z\n'),
    {
      maxLength: 300,
    },
  )
  .map((parts) => Buffer.from(parts.join('')));
const splits = fc.array(fc.nat(), { maxLength: 12 });

const field = fc.oneof(
  fc.stringMatching(/^[a-z0-9 ;.]{0,8}$/).map((s) => s.trim()),
  fc.stringMatching(/^[a-z,"\n]{0,8}$/).map((s) => `"${s.replaceAll('"', '""').replaceAll('\n', '\r\n')}"`),
);
const goodRow = fc.tuple(field, field, field).map((fields) => `x${fields.join(',')}`.replace(/^x"/, '"'));
const goodLog = fc
  .array(goodRow, { maxLength: 30 })
  .chain((rows) => fc.constantFrom('\n', '\r\n').map((eol) => rows.map((row) => row + eol).join('')));

describe('RecordCutter', () => {
  it('gives every byte back, once and in order, however broken the log is', () => {
    fc.assert(
      fc.property(noise, splits, (input, cuts) => {
        const pieces = cutAll(input, cuts);
        expect(Buffer.concat(pieces.flatMap((p) => p.parts)).equals(input)).toBe(true);
        let offset = 0;
        for (const piece of pieces) {
          expect(piece.offset).toBe(offset);
          offset += piece.bytes;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('cuts the same pieces however the bytes arrive, or tokens would change between two reads', () => {
    fc.assert(
      fc.property(noise, splits, fc.constantFrom(5, 12, 200), (input, cuts, maxRecordBytes) => {
        expect(joined(cutAll(input, cuts, { maxRecordBytes }))).toEqual(
          joined(cutAll(input, [], { maxRecordBytes })),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('ends pieces where csv-parse ends rows, and suspects nothing in a well-formed log', () => {
    fc.assert(
      fc.property(goodLog, splits, (log, cuts) => {
        const pieces = cutAll(Buffer.from(log), cuts, { maxRecordBytes: 10_000 });
        const perPiece = pieces.map((p) => parse(text(p), { relax_column_count: true }));
        expect(perPiece.flat()).toEqual(parse(log));
        expect(pieces.map((p) => p.records)).toEqual(perPiece.map((rows) => rows.length));
        expect(pieces.some((p) => p.suspicious)).toBe(false);
        let record = 1;
        let line = 2;
        for (const piece of pieces) {
          expect([piece.firstRecord, piece.firstLine]).toEqual([record, line]);
          record += piece.records;
          line += text(piece).split('\n').length - 1;
        }
      }),
    );
  });

  it('counts as many rows as salvage finds, so that row numbers never collide', () => {
    fc.assert(
      fc.property(noise, fc.constantFrom(5, 12, 200), (input, maxRecordBytes) => {
        const pieces = cutAll(input, [], { maxRecordBytes });
        for (const piece of pieces) {
          const { columns } = OPTIONS;
          const rescued = salvage(Buffer.concat(piece.parts), { columns, maxRecordBytes, ...piece });
          expect(rescued.good + rescued.errors.length).toBe(piece.records);
          if (!piece.suspicious) expect(rescued.errors).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('lets nothing through unsuspected that csv-parse reads differently', () => {
    fc.assert(
      fc.property(noise, (input) => {
        for (const piece of cutAll(input).filter((p) => !p.suspicious)) {
          const rows = parse(text(piece), { relax_column_count: true, record_delimiter: ['\r\n', '\n'] });
          expect(rows.length).toBe(piece.records);
          expect(rows.every((row) => row.length === 3)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('starts afresh on the next line after a quote that is never closed', () => {
    const pieces = cutAll(Buffer.from('a,b,c\na,"b,c\n' + 'd,e,f\n'.repeat(30)), [], { chunkBytes: 10 });
    expect(pieces.filter((p) => p.suspicious).map(text)).toEqual(['a,b,c\na,"b,c\n']);
    expect(pieces.reduce((sum, p) => sum + p.records, 0)).toBe(32);
    expect(pieces.at(-1)?.firstLine).toBe(2 + 32 - 2);
  });

  it('keeps only the start of an endless line, so that memory stays bounded', () => {
    const cutter = new RecordCutter(OPTIONS);
    const pieces = cutter.push(Buffer.from('a,b,c\n'));
    for (let i = 0; i < 1000; i++) pieces.push(...cutter.push(Buffer.alloc(1000, 'x')));
    pieces.push(...cutter.push(Buffer.from('\nd,e,f\n')), ...cutter.end());
    expect(pieces.reduce((sum, p) => sum + p.bytes, 0)).toBe(1_000_013);
    expect(pieces.reduce((sum, p) => sum + p.records, 0)).toBe(3);
    expect(pieces.map(text).join('').length).toBe(6 + 201 + 7);
  });

  it('hands out the complete rows of a growing file and keeps the unfinished one', () => {
    const cutter = new RecordCutter({ ...OPTIONS, start: { offset: 100, record: 8, line: 10 } });
    expect(cutter.push(Buffer.from('a,b,c\nd,"e\n'))).toEqual([]);
    expect(cutter.cut().map((p) => [text(p), p.offset, p.firstRecord, p.firstLine, p.open])).toEqual([
      ['a,b,c\n', 100, 8, 10, false],
    ]);
    expect(cutter.cut()).toEqual([]);
    cutter.push(Buffer.from('e",f\ng,h'));
    expect(cutter.cut().map((p) => [text(p), p.offset, p.firstRecord, p.firstLine])).toEqual([
      ['d,"e\ne",f\n', 106, 9, 11],
    ]);
    cutter.push(Buffer.from(',i'));
    expect(cutter.end().map((p) => [text(p), p.firstRecord, p.firstLine, p.open])).toEqual([
      ['g,h,i', 10, 13, true],
    ]);
  });

  it('does not slow down on lines that each open a quote', () => {
    const hostile = Buffer.from('x","""y\n'.repeat(100_000) + 'a,"\n'.repeat(100_001));
    const started = process.cpuUsage().user;
    cutAll(hostile, [], { maxRecordBytes: 1_000_000, chunkBytes: 100_000 });
    expect(process.cpuUsage().user - started).toBeLessThan(2_000_000);
  });
});

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Draws, seedOf } from '../random';
import type { Scenario } from '../scenarios';
import type { FileTruth } from '../truth';
import { writeLogs, type Written } from '../write';

/** One file that arrives: all rows of a written file, or a part of them under the same header. */
export interface Arrival {
  /** Name of the written file, see {@link FileTruth}. */
  source: string;
  /** Name under which it arrives; in the folder of its node. */
  name: string;
  /** Which of how many pieces; `0` of `1` is the whole file. */
  piece: number;
  pieces: number;
  /** Everything before it has been loaded, and incidents were looked for, when it arrives. */
  pause: boolean;
}

/** How files arrive; what is left out does not happen. */
export interface ArrivalOptions {
  seed: string;
  /** `written` (default): as their last events happened, late nodes later; `shuffled`: in any order. */
  order?: 'written' | 'shuffled';
  /** A file comes in up to so many pieces. */
  pieces?: number;
  /** Share of the files of which the whole comes a second time, and a piece a third time. */
  repeats?: number;
  /** Share of the arrivals that wait for all before them. */
  pauses?: number;
  /** Seconds by which the files of a node are late. */
  late?: Readonly<Record<string, number>>;
}

/** Writes a scenario's files into an existing folder. */
export async function writeScenario(folder: string, { options }: Scenario): Promise<Written> {
  return writeLogs(folder, options);
}

/** In which order and shape files arrive: a pure function of the files and the options. */
export function arrivalPlan(files: readonly FileTruth[], options: ArrivalOptions): Arrival[] {
  const { seed, order = 'written', pieces = 1, repeats = 0, pauses = 0, late = {} } = options;
  const draws = new Draws(seedOf(`arrival ${seed}`));
  draws.start(0);
  const upTo = (n: number): number => (draws.next() * n) | 0;
  const planned: { due: number; arrival: Arrival }[] = [];
  for (const file of files) {
    const { name, last } = file;
    const due = last + (late[nodeOf(name)] ?? 0);
    const count = 1 + upTo(pieces);
    const add = (piece: number, of: number, copy: string): void => {
      planned.push({
        due,
        arrival: { source: name, name: pieceName(name, piece, of, copy), piece, pieces: of, pause: false },
      });
    };
    for (let piece = 0; piece < count; piece++) add(piece, count, '');
    if (draws.next() < repeats) {
      add(0, 1, '-again');
      add(upTo(3), 3, '-again');
    }
  }
  if (order === 'shuffled') {
    for (let i = planned.length - 1; i > 0; i--) {
      const j = upTo(i + 1);
      [planned[i], planned[j]] = [
        planned[j] as (typeof planned)[number],
        planned[i] as (typeof planned)[number],
      ];
    }
  } else {
    planned.sort((a, b) => a.due - b.due);
  }
  return planned.map(({ arrival }, i) => ({ ...arrival, pause: i > 0 && draws.next() < pauses }));
}

/** Writes the file of an arrival below a folder and returns its path. `from` is where the source was written. */
export async function arrive(
  from: string,
  to: string,
  { source, name, piece, pieces }: Arrival,
): Promise<string> {
  const path = join(to, name);
  await mkdir(dirname(path), { recursive: true });
  const bytes = await readFile(join(from, source));
  const gzipped = source.endsWith('.gz');
  const part =
    pieces === 1 ? bytes : (splitRows(gzipped ? gunzipSync(bytes) : bytes, pieces)[piece] as Buffer);
  await writeFile(path, pieces > 1 && gzipped ? gzipSync(part) : part);
  return path;
}

/**
 * Cuts a CSV file (header first, quotes doubled, rows in order of their second column, the time) into so many files with the
 * same header, of about the same number of rows. Cuts lie between two times, so that rows which are equal stay in one file:
 * equal rows of one file are as many events, of two files they are copies. A piece may have no rows.
 */
export function splitRows(file: Buffer, pieces: number): Buffer[] {
  const rows = rowStarts(file);
  const body = rows[1] ?? file.length;
  const header = file.subarray(0, body);
  const count = Math.max(0, rows.length - 1);
  const start = (row: number): number => rows[row + 1] ?? file.length;
  const timeOf = (row: number): string =>
    file.toString('latin1', start(row), start(row + 1)).split(',', 2)[1] ?? '';
  const cuts = [0];
  for (let piece = 1; piece < pieces; piece++) {
    let row = Math.max(cuts.at(-1) ?? 0, Math.round((count * piece) / pieces));
    while (row > 0 && row < count && timeOf(row) === timeOf(row - 1)) row++;
    cuts.push(row);
  }
  return cuts.map((row, i) =>
    Buffer.concat([header, file.subarray(start(row), start(cuts[i + 1] ?? count))]),
  );
}

/** Where the lines begin that are rows, header included: a newline between quotes ends none. */
function rowStarts(file: Buffer): number[] {
  const starts = file.length > 0 ? [0] : [];
  let quoted = false;
  for (let i = 0; i < file.length; i++) {
    if (file[i] === 0x22) quoted = !quoted;
    else if (file[i] === 0x0a && !quoted && i + 1 < file.length) starts.push(i + 1);
  }
  return starts;
}

function nodeOf(name: string): string {
  return name.includes('/') ? name.slice(0, name.indexOf('/')) : '';
}

/** A name that keeps the kind at its beginning and the endings: `acct-2026-09-15-0000.2of3-again.csv`. */
function pieceName(name: string, piece: number, pieces: number, copy: string): string {
  const base = basename(name);
  const dot = base.indexOf('.');
  const which = pieces === 1 ? '' : `.${piece + 1}of${pieces}`;
  return join(dirname(name), `${base.slice(0, dot)}${which}${copy}${base.slice(dot)}`);
}

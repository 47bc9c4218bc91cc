import { createHash, type Hash } from 'node:crypto';
import { readHeader, type FormatRules, type Layout } from '../formats';
import { LogFileError, RecordCutter, takeHeader, type CutterStart, type Member, type Piece } from './source';
import type { ChunkRef, LedgerFile } from './ledger';

/** Records are at most this long; a longer one has an unbalanced quote. */
export const MAX_RECORD_BYTES = 1_000_000;

/** Chunks are cut at this size: large enough for the engine to be busy, small enough for a few to be in memory. */
export const CHUNK_BYTES = 48_000_000;

/** What the whole content of a file turned out to be. */
export interface Content {
  sha256: string;
  bytes: number;
  /** Why the content ends early: what stands before that is loaded. */
  damage: string | undefined;
}

/** A log being read: its layout at once, then its chunks as they are cut. */
export interface Reading {
  layout: Layout;
  header: string[];
  /** The last chunks come when the whole content is known and wanted; those before may come to nothing. */
  chunks: AsyncGenerator<Cut>;
  /** Whether the content is wanted; rejects as `chunks` throws. */
  wanted: Promise<boolean>;
}

/** A chunk with its bytes. */
export interface Cut {
  chunk: ChunkRef;
  parts: Buffer[];
  /** Whether the content is known to be wanted by now. */
  decided: boolean;
}

/** What reading asks its caller. */
export interface ReadOptions {
  rules: FormatRules;
  /** Whether a file with this whole content is to be loaded. */
  decide(content: Content): Promise<boolean>;
}

/** Opens a member and reads its header. Throws LogFileError where it is no log. */
export async function readLog(member: Member, file: LedgerFile, options: ReadOptions): Promise<Reading> {
  const digest = new ContentDigest();
  const { fields, headerBytes, headerLines, rest } = await takeHeader(digest.through(member.bytes()));
  const header = readHeader(fields, options.rules);
  if (!header.ok) {
    await rest.return();
    throw new LogFileError('unsupported', header.message);
  }
  const start = { offset: headerBytes, record: 1, line: headerLines + 1 };
  let settle: (wanted: boolean) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const wanted = new Promise<boolean>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  wanted.catch(() => undefined);
  return { layout: header.layout, header: fields, wanted, chunks: cut() };

  async function* cut(): AsyncGenerator<Cut> {
    const cutter = newCutter(fields.length, start);
    let held: Piece[] = [];
    let damage: string | undefined;
    try {
      try {
        for await (const buffer of rest) {
          const pieces = cutter.push(buffer);
          if (pieces.length === 0) continue;
          for (const piece of held) yield { ...chunkOf(file, piece), decided: false };
          held = pieces;
        }
      } catch (error) {
        if (!(error instanceof LogFileError) || error.code !== 'corrupt') throw error;
        damage = error.message;
      }
      held.push(...cutter.cut(), ...(damage === undefined ? cutter.end() : []));
      const decision = await options.decide(digest.finish(damage));
      settle(decision);
      if (!decision) return;
      for (const piece of held) yield { ...chunkOf(file, piece), decided: true };
    } catch (error) {
      fail(error);
      throw error;
    }
  }
}

/** A cutter with the limits that all chunks share, so that the same bytes always give the same chunks. */
export function newCutter(columns: number, start: CutterStart): RecordCutter {
  return new RecordCutter({ columns, chunkBytes: CHUNK_BYTES, maxRecordBytes: MAX_RECORD_BYTES, start });
}

/** A piece of a file as the ledger names it. */
export function chunkOf({ id, generation }: LedgerFile, piece: Piece): { chunk: ChunkRef; parts: Buffer[] } {
  const { parts, lines, ...rest } = piece;
  return { chunk: { file: id, generation, nextLine: piece.firstLine + lines, ...rest }, parts };
}

/** Hashes a stream as it passes. */
class ContentDigest {
  private readonly hash: Hash = createHash('sha256');
  private bytes = 0;

  async *through(buffers: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const buffer of buffers) {
      this.hash.update(buffer);
      this.bytes += buffer.length;
      yield buffer;
    }
  }

  finish(damage: string | undefined): Content {
    return { sha256: this.hash.digest('hex'), bytes: this.bytes, damage };
  }
}

/** Identifies a log by its header and first row, in 16 hex digits: its copies and longer copies have the same. */
export function seedOf(header: readonly string[], parts: readonly Buffer[]): string {
  const hash = createHash('sha256').update(JSON.stringify(header));
  for (const part of parts) {
    const end = part.indexOf(0x0a);
    hash.update(end < 0 ? part : part.subarray(0, end));
    if (end >= 0) break;
  }
  return hash.digest('hex').slice(0, 16);
}

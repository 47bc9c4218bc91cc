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
  /** Those of the asked lengths at which the content so far had the hash of a known file. */
  prefixes: { id: number; sha256: string }[];
  /** Why the content ends early: what stands before that is loaded. */
  damage: string | undefined;
}

/** A file known to the ledger whose content may be the beginning of another's. */
export interface KnownContent {
  id: number;
  bytes: number;
  sha256: string;
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
  /** Which contents with this header are known. */
  known(header: string[]): KnownContent[];
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
  digest.watch(options.known(fields));
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

/** Hashes a stream as it passes, and notes where it equals the whole of a known content. */
class ContentDigest {
  private readonly hash: Hash = createHash('sha256');
  private bytes = 0;
  private waiting: KnownContent[] = [];
  private readonly prefixes: KnownContent[] = [];

  async *through(buffers: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const buffer of buffers) {
      yield buffer;
      // Not before: the header that says what to watch out for stands in the first buffer.
      this.add(buffer);
    }
  }

  /** Contents to look out for; those that end before what is being read now have another header. */
  watch(known: KnownContent[]): void {
    this.waiting = known.filter(({ bytes }) => bytes > this.bytes).sort((a, b) => a.bytes - b.bytes);
  }

  finish(damage: string | undefined): Content {
    return { sha256: this.hash.digest('hex'), bytes: this.bytes, prefixes: this.prefixes, damage };
  }

  private add(buffer: Buffer): void {
    let start = 0;
    for (
      let next = this.waiting[0];
      next && next.bytes <= this.bytes + buffer.length - start;
      next = this.waiting[0]
    ) {
      const end = start + next.bytes - this.bytes;
      this.hash.update(buffer.subarray(start, end));
      this.bytes = next.bytes;
      start = end;
      if (this.hash.copy().digest('hex') === next.sha256) this.prefixes.push(next);
      this.waiting.shift();
    }
    this.hash.update(buffer.subarray(start));
    this.bytes += buffer.length - start;
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

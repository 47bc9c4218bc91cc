import { readHeader, type FormatRules } from '../formats';
import { rawEdge, type Store } from '../store';
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Copies } from './copies';
import { badRowsOf, blank } from './entries';
import { identityOf, isWatched, lookAt, pathsBelow } from './folder';
import type { Ledger, LedgerFile } from './ledger';
import type { Pipeline } from './pipeline';
import { MAX_RECORD_BYTES, newCutter, seedOf } from './reader';
import { takeBackOpenRow } from './removal';
import {
  LogFileError,
  openLog,
  RecordCutter,
  takeHeader,
  type CutterStart,
  type Member,
  type Piece,
} from './source';
import type { StagedFile } from './staging';

/** Where a log that grows stands in the file system. */
export interface LiveLog {
  path: string;
  node: string;
  dev: number | bigint;
  ino: number | bigint;
}

/** How a log is followed this time. */
export interface FollowStep {
  finished: boolean;
  truncated: boolean;
}

const ENDED: FollowStep = { finished: true, truncated: false };

/**
 * Follows PowerMTA's live logs: each call loads the complete rows that have been added since the last one. A log is
 * known by its device and inode, so that it stays the same one when it is renamed.
 */
export class Follower {
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly rules: FormatRules,
    private readonly ledger: Ledger,
    private readonly pipeline: Pipeline,
    private readonly copies: Copies,
    private readonly maxBytes: number,
  ) {}

  /**
   * Loads what was added. `finished`: the log will not grow any more, so an unterminated last row counts too.
   * `truncated`: its content starts anew; what was loaded stays, under the file it was loaded as.
   */
  follow(log: LiveLog, { finished, truncated }: FollowStep): Promise<void> {
    const result = this.tail.then(async () => {
      const known = this.find(log);
      if (known && truncated)
        this.release(known, 'the log was truncated by its writer; what had been read is kept');
      await this.advance(log, finished);
      await this.pipeline.persist();
    });
    this.tail = result.catch(() => undefined);
    return result;
  }

  /**
   * Ends the following of logs that vanished while nobody looked: what stands at a new name below the folder, or still at
   * its own outside it, is read to its end; of the others what had been read is kept.
   */
  async concludeVanished(folder: string): Promise<void> {
    const followed = this.ledger.all().filter(({ status }) => status === 'following');
    if (followed.length === 0) return;
    const places = await identitiesBelow(folder, followed);
    for (const entry of followed) {
      const path = places.get(`${entry.device}:${entry.inode}`);
      if (path === entry.path && isWatched(folder, path)) continue;
      const { node, device, inode } = entry;
      if (path !== undefined && (await this.isAt(entry, path)))
        await this.follow({ path, node, dev: BigInt(device), ino: BigInt(inode) }, ENDED);
      else this.release(entry, 'the log was gone when the service started; what had been read is kept');
    }
    await this.pipeline.persist();
  }

  private async isAt(entry: LedgerFile, path: string): Promise<boolean> {
    const start = await this.startOf({ path }, true).catch(() => 'unreadable' as const);
    return typeof start === 'object' && isSameLog(entry, start);
  }

  private async advance(log: LiveLog, finished: boolean): Promise<void> {
    const start = await this.startOf(log, finished);
    if (start === 'empty') return;
    if (start === 'gone') {
      const known = this.find(log);
      if (known) this.release(known, 'the log was removed; what had been read is kept');
      return;
    }
    const known = this.find(log);
    const same = known !== undefined && isSameLog(known, start);
    if (known && !same) this.release(known, 'another log has taken its place; what had been read is kept');
    const entry = same ? known : this.enter(log);
    if (entry.status === 'rejected') return;
    const header = readHeader(start.fields, this.rules);
    if (!header.ok) {
      this.ledger.update(entry.id, { status: 'rejected', message: header.message, header: start.fields });
      return;
    }
    await this.load(entry, log, { entry, layout: header.layout }, start, finished);
  }

  private async load(
    entry: LedgerFile,
    log: LiveLog,
    file: StagedFile,
    { member, fields, headerBytes, headerLines }: LogStart,
    finished: boolean,
  ): Promise<void> {
    this.ledger.update(entry.id, { status: 'following', sha256: '', finishedAt: null });
    if (entry.offset === 0) {
      this.ledger.update(entry.id, {
        header: fields,
        offset: headerBytes,
        nextRecord: 1,
        nextLine: headerLines + 1,
      });
    }
    if (await this.reopen(entry, member)) {
      const { offset, nextRecord, nextLine } = entry;
      const cutter = newCutter(fields.length, { offset, record: nextRecord, line: nextLine });
      for await (const buffer of member.bytes(offset)) await this.add(file, cutter.push(buffer));
      await this.add(file, cutter.cut());
      if (finished) await this.add(file, cutter.end());
    }
    const { size } = await stat(log.path);
    this.ledger.update(entry.id, { path: log.path, size, bytes: entry.offset });
    if (finished) await this.finish(entry, member);
  }

  /**
   * Makes the log ready to be read on. The unterminated row that it ended in is taken back, to be read again; one whose
   * figures are closed by now stays as it was counted, and its rest is passed over. False where that has not ended yet.
   */
  private async reopen(entry: LedgerFile, member: Member): Promise<boolean> {
    const row = entry.openRow;
    const closed = row?.good === 1 && row.bad === 0 && (row.time ?? Infinity) < rawEdge(this.store.retention);
    if (!closed) {
      await takeBackOpenRow(this.store, this.ledger, this.pipeline, entry);
      return true;
    }
    const end = await endOfRow(member, entry.header.length, row);
    if (end) this.ledger.update(entry.id, { ...end, openRow: null });
    return end !== undefined;
  }

  /** The beginning of the log as it is now: header and first row, which tell whether it is still the same one. */
  private async startOf(
    { path }: Pick<LiveLog, 'path'>,
    finished: boolean,
  ): Promise<LogStart | 'empty' | 'gone'> {
    try {
      const member = await plainMember(path, this.maxBytes);
      const { fields, headerBytes, headerLines, rest } = await takeHeader(member.bytes());
      const head: Buffer[] = [];
      for await (const buffer of rest) {
        head.push(buffer);
        if (buffer.includes(0x0a)) break;
      }
      // Half a header would be another one.
      if (!finished && head.length === 0 && !(await endsLine(member, headerBytes))) return 'empty';
      return { member, fields, headerBytes, headerLines, seed: head.length > 0 ? seedOf(fields, head) : '' };
    } catch (error) {
      if (!(error instanceof LogFileError)) throw error;
      if (error.code === 'empty') return 'empty';
      if (await isGone(path)) return 'gone';
      throw error;
    }
  }

  /** Ends the following of a log whose device and inode now stand for something else, or for nothing. */
  private release(entry: LedgerFile, message: string): void {
    const following = entry.status === 'following';
    this.ledger.update(entry.id, {
      inode: '',
      ...(following && {
        status: entry.errors > 0 ? 'loaded_with_errors' : 'loaded',
        message,
        finishedAt: Date.now(),
      }),
    });
  }

  private async add(file: StagedFile, pieces: readonly Piece[]): Promise<void> {
    if (pieces.length > 0) await this.pipeline.add(file, pieces);
  }

  private find({ dev, ino }: LiveLog): LedgerFile | undefined {
    return this.ledger
      .all()
      .find(
        (file) =>
          file.device === String(dev) &&
          file.inode === String(ino) &&
          file.member === '' &&
          !file.removed &&
          ['following', 'loaded', 'loaded_with_errors', 'rejected'].includes(file.status),
      );
  }

  private enter({ path, node, dev, ino }: LiveLog): LedgerFile {
    return this.ledger.add({
      ...blank(path, { node, origin: 'folder' }),
      name: basename(path),
      device: String(dev),
      inode: String(ino),
      status: 'following',
      startedAt: Date.now(),
    });
  }

  private async finish(entry: LedgerFile, member: Member): Promise<void> {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const buffer of member.bytes()) {
      hash.update(buffer);
      bytes += buffer.length;
    }
    this.ledger.update(entry.id, {
      sha256: hash.digest('hex'),
      bytes,
      status: entry.errors > 0 ? 'loaded_with_errors' : 'loaded',
      message: badRowsOf(entry),
      finishedAt: Date.now(),
    });
    await this.copies.exclusively(() => this.copies.settle(entry));
  }
}

/** The beginning of a log: what says where its rows start and which log it is. */
interface LogStart {
  member: Member;
  fields: string[];
  headerBytes: number;
  headerLines: number;
  /** Empty while there is no row. */
  seed: string;
}

/** An inode is used again once its file is gone: the log is the same only if it still begins the same way. */
function isSameLog(entry: LedgerFile, { fields, seed }: LogStart): boolean {
  if (JSON.stringify(entry.header) !== JSON.stringify(fields) && entry.header.length > 0) return false;
  return entry.seed === '' || entry.seed === seed;
}

/** Where files stand, by device and inode: below the folder under any name, and at the paths of those that are followed. */
async function identitiesBelow(
  folder: string,
  followed: readonly LedgerFile[],
): Promise<Map<string, string>> {
  const below = await pathsBelow(
    folder,
    () => true,
    () => undefined,
  );
  const looks = await lookAt([...below, ...followed.map(({ path }) => path)]);
  return new Map(looks.flatMap(({ path, stats }) => (stats?.isFile() ? [[identityOf(stats), path]] : [])));
}

/** Where the reading goes on behind a row that begins at `start`; undefined while the row has no end. */
async function endOfRow(
  member: Member,
  columns: number,
  start: CutterStart,
): Promise<Pick<LedgerFile, 'offset' | 'nextRecord' | 'nextLine'> | undefined> {
  const { offset, record, line } = start;
  const cutter = new RecordCutter({ columns, chunkBytes: 1, maxRecordBytes: MAX_RECORD_BYTES, start });
  for await (const buffer of member.bytes(offset)) {
    const [row] = cutter.push(buffer);
    if (row)
      return { offset: offset + row.bytes, nextRecord: record + row.records, nextLine: line + row.lines };
  }
  return undefined;
}

async function isGone(path: string): Promise<boolean> {
  try {
    await stat(path);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

async function endsLine(member: Member, offset: number): Promise<boolean> {
  for await (const buffer of member.bytes(offset - 1)) return buffer[0] === 0x0a;
  return false;
}

async function plainMember(path: string, maxBytes: number): Promise<Member> {
  for await (const member of openLog(path, { maxBytes })) return member;
  throw new Error('the file holds no log');
}

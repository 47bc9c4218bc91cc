import { readHeader, type FormatRules } from '../formats';
import type { Store } from '../store';
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Ledger, LedgerFile } from './ledger';
import type { Pipeline } from './pipeline';
import { newCutter } from './reader';
import { takeBackOpenRow } from './removal';
import { blank } from './service';
import { openLog, takeHeader, type Member, type Piece } from './source';
import type { StagedFile } from './stager';

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
    private readonly maxBytes: number,
  ) {}

  /**
   * Loads what was added. `finished`: the log will not grow any more, so an unterminated last row counts too.
   * `truncated`: its content starts anew; what was loaded stays, under the file it was loaded as.
   */
  follow(log: LiveLog, { finished, truncated }: FollowStep): Promise<void> {
    const result = this.tail.then(async () => {
      if (truncated) this.release(log);
      await this.advance(log, finished);
    });
    this.tail = result.catch(() => undefined);
    return result;
  }

  private release(log: LiveLog): void {
    const entry = this.find(log);
    if (!entry) return;
    this.ledger.update(entry.id, {
      inode: '',
      status: entry.errors > 0 ? 'loaded_with_errors' : 'loaded',
      message: 'the log was truncated by its writer; what had been read is kept',
      finishedAt: Date.now(),
    });
  }

  private async advance(log: LiveLog, finished: boolean): Promise<void> {
    const entry = this.entryOf(log);
    const member = await plainMember(log.path, this.maxBytes);
    await takeBackOpenRow(this.store, this.ledger, this.pipeline, entry);
    if (entry.header.length === 0) await this.readHeader(entry, member);
    const layout = readHeader(entry.header, this.rules);
    if (!layout.ok) throw new Error(layout.message);
    const file: StagedFile = { entry, layout: layout.layout };
    const { offset, nextRecord, nextLine } = entry;
    const cutter = newCutter(entry.header.length, { offset, record: nextRecord, line: nextLine });
    for await (const buffer of member.bytes(entry.offset)) await this.add(file, cutter.push(buffer));
    await this.add(file, cutter.cut());
    if (finished) await this.add(file, cutter.end());
    const { size } = await stat(log.path);
    this.ledger.update(entry.id, { path: log.path, size, bytes: entry.offset });
    if (finished) await this.finish(entry, member);
    await this.ledger.flush();
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
          ['following', 'loaded', 'loaded_with_errors'].includes(file.status),
      );
  }

  private entryOf(log: LiveLog): LedgerFile {
    const { path, node, dev, ino } = log;
    const known = this.find(log);
    if (known) return this.ledger.update(known.id, { status: 'following', sha256: '', finishedAt: null });
    return this.ledger.add({
      ...blank(path, { node, origin: 'folder' }),
      name: basename(path),
      device: String(dev),
      inode: String(ino),
      status: 'following',
      startedAt: Date.now(),
    });
  }

  private async readHeader(entry: LedgerFile, member: Member): Promise<void> {
    const { fields, headerBytes, headerLines, rest } = await takeHeader(member.bytes());
    await rest.return();
    const header = readHeader(fields, this.rules);
    if (!header.ok) throw new Error(header.message);
    this.ledger.update(entry.id, {
      header: fields,
      offset: headerBytes,
      nextRecord: 1,
      nextLine: headerLines + 1,
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
      message: entry.errors > 0 ? `${entry.errors} of ${entry.rows} rows could not be loaded` : '',
      finishedAt: Date.now(),
    });
  }
}

async function plainMember(path: string, maxBytes: number): Promise<Member> {
  for await (const member of openLog(path, { maxBytes })) return member;
  throw new Error('the file holds no log');
}

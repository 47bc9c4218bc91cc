import type { FormatRules } from '../formats';
import type { Store } from '../store';
import { FRESH, stands } from './entries';
import type { Ledger, LedgerFile } from './ledger';
import { beginsWith, originalOf } from './originals';
import type { Pipeline } from './pipeline';
import { startAfresh } from './removal';
import type { Member } from './source';

/** The file to be loaded now that another is out, and those that would be before it if they could still be read. */
export interface Succession {
  heir: { entry: LedgerFile; member: Member } | undefined;
  lost: LedgerFile[];
}

/**
 * Which of several files with the same content counts, and what of it. Of equal contents one counts; a file whose last
 * row may be cut does not count while a longer one that begins with it does; all else is told by the rows. A file that does
 * not count has the status `duplicate`, and `copyOf` names the one that counts for it: when that one is out, the longest
 * that can be read takes its place. So what counts follows from the files that are there, not from their order.
 */
export class Copies {
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly rules: FormatRules,
    private readonly ledger: Ledger,
    private readonly pipeline: Pipeline,
    private readonly maxBytes: number,
  ) {}

  /** Work that decides whether files count, one after the other: none sees another's half way. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** The file that counts with this very content. A log without rows is no copy of another: every quiet day has one. */
  twinOf({ id }: LedgerFile, sha256: string): LedgerFile | undefined {
    return this.ledger
      .all()
      .find((file) => file.id !== id && file.sha256 === sha256 && file.rows > 0 && stands(file));
  }

  /** Notes that a file does not count because another does; so do those that it counted for. */
  yieldTo(file: LedgerFile, other: LedgerFile): void {
    for (const copy of [file, ...this.copiesOf(file)]) {
      const message = shadowedBy(copy, other);
      this.ledger.update(copy.id, { status: 'duplicate', copyOf: other.id, message, finishedAt: Date.now() });
    }
  }

  /**
   * Takes out what is the beginning of a longer file: others that `entry` goes on with, or `entry` itself. True where
   * `entry` is out. To be run as exclusive work.
   */
  async settle(entry: LedgerFile): Promise<boolean> {
    for (const other of this.ledger.all()) {
      const short = shorterOf(entry, other);
      const long = short === entry ? other : entry;
      const mayYield = () => !entry.removed && stands(other) && short?.status !== 'following';
      if (!short || !mayYield() || !(await this.isBeginning(short, long)) || !mayYield()) continue;
      await startAfresh(this.store, this.ledger, this.pipeline, short);
      this.yieldTo(short, long);
      if (short === entry) return true;
    }
    return false;
  }

  /**
   * Says in the ledger which of a file's copies counts now that it does not. All are beginnings of it, and so of each
   * other: the longest that can be read stands for the shorter ones. To be run as exclusive work.
   */
  async succeed(gone: LedgerFile): Promise<Succession> {
    const lost: LedgerFile[] = [];
    let heir: Succession['heir'];
    for (const entry of this.copiesOf(gone).sort((a, b) => b.bytes - a.bytes)) {
      const standing = heir?.entry ?? this.twinOf(entry, entry.sha256);
      if (standing) {
        this.yieldTo(entry, standing);
        continue;
      }
      // Somebody may delete or retry it while it is looked at.
      const isStill = () => entry.copyOf === gone.id && !entry.removed;
      try {
        const member = await originalOf(entry, this.rules, this.maxBytes);
        if (isStill()) heir = { entry, member };
      } catch (error) {
        if (!isStill()) continue;
        lost.push(entry);
        const reason = error instanceof Error ? error.message : String(error);
        const message = `${nameOf(gone)}, which had its content, is out, and it cannot be loaded instead: ${reason}. Drop it again`;
        this.ledger.update(entry.id, { status: 'failed', copyOf: null, message: message.slice(0, 1000) });
      }
    }
    if (heir) this.ledger.update(heir.entry.id, { ...FRESH, queuedAt: Date.now() });
    return { heir, lost };
  }

  /** By the bytes; by the rows where those of the longer one are gone. */
  private async isBeginning(short: LedgerFile, long: LedgerFile): Promise<boolean> {
    const told = await beginsWith(long, short, this.maxBytes);
    return told ?? this.pipeline.insist(() => hasRowsOf(this.store, long, short));
  }

  private copiesOf({ id }: LedgerFile): LedgerFile[] {
    return this.ledger.all().filter((file) => file.copyOf === id && !file.removed);
  }
}

/** A file as messages name it. */
export function nameOf({ name, id }: LedgerFile): string {
  return `${name} (file ${id})`;
}

/** The message of a file that does not count because another one does. */
export function shadowedBy({ sha256 }: LedgerFile, other: LedgerFile): string {
  const what = sha256 === other.sha256 ? 'the same content as' : 'the beginning of';
  return `${what} ${nameOf(other)}, which is loaded already`;
}

/**
 * The file of two that another may begin with, going by what the ledger knows: only one that ends in an unterminated row
 * matters, because the rest of it is told by its rows.
 */
function shorterOf(one: LedgerFile, other: LedgerFile): LedgerFile | undefined {
  const [short, long] = one.bytes < other.bytes ? [one, other] : [other, one];
  if (!short.openRow || short.bytes === long.bytes) return undefined;
  if (JSON.stringify(short.header) !== JSON.stringify(long.header)) return undefined;
  // The seed holds the first row, which is not whole where it is the only one.
  return short.rows <= 1 || short.seed === long.seed ? short : undefined;
}

/**
 * Whether a file has the rows of another that ends in an unterminated one, which need only be of the same moment and
 * kind, as it may be cut. One whole row at least must be there to compare.
 */
async function hasRowsOf(store: Store, long: LedgerFile, { id, openRow }: LedgerFile): Promise<boolean> {
  if (!openRow) return false;
  const { record, good } = openRow;
  const [row] = await store.read<{ equal: number; other: number }>(
    `SELECT countIf(files = 2 AND kinds = 1) AS equal, countIf(files < 2 OR kinds > 1) AS other
     FROM (
       SELECT line, uniqExact(file) AS files, uniqExact(e.time, e.record, if(line = ${record}, 0, base)) AS kinds
       FROM (
         SELECT file, line, time, record, base FROM watchtower.events
         WHERE file IN (${id}, ${long.id}) AND line < ${record + good}
         GROUP BY file, line, time, record, base HAVING sum(sign) > 0
       ) AS e GROUP BY line
     )`,
  );
  return row !== undefined && row.other === 0 && row.equal > good;
}

import type { Store } from '../../store';
import { CHANGE_COLUMNS, EVENT_COLUMNS } from './columns';
import * as correlation from './correlation';
import * as identity from './identity';
import type { Removal, Sources } from './identity';
import * as ids from './ids';
import * as open from './open';
import {
  CHANGED,
  CONFLICT,
  CROWDED,
  createWorkTables,
  current,
  DESIRED,
  fill,
  FOUND,
  insertSettings,
  LATE,
  moment,
  POOL,
  REST,
  TOUCHED,
  TOUCHED_BY_COMMIT,
  TOUCHED_COLUMNS,
  TRIPLES,
  WINNERS,
} from './work';

/** What a stage holds; undefined where it holds no good row. */
interface Extent {
  rows: number;
  files: number;
  first: number;
  last: number;
}

/** What is known of the ids that the store's messages log: with both bits anywhere, rows may complete each other. */
interface IdUse {
  logged: number;
  lacking: number;
}

/**
 * The one that writes `events`. Every change is a signed insert of the difference between what stands and what should
 * stand, so whoever repeats a commit finds less to do, and nothing where all is done.
 */
export class Committer {
  private uses: IdUse = { logged: 0, lacking: 0 };
  private repeating = false;
  /** Commits of which `TOUCHED_BY_COMMIT` may hold rows. */
  private readonly noted = new Set<bigint>();

  private constructor(
    private readonly store: Store,
    private readonly onRows: (() => void) | undefined,
  ) {}

  /**
   * Makes the scratch tables and learns which ids the store's messages log. `onRows` is called when the rows of a commit
   * are written, or taken back, and what this changes in the ids of others and in complaints is not.
   */
  static async open(store: Store, slots: number, onRows?: () => void): Promise<Committer> {
    await createWorkTables(store, slots);
    const committer = new Committer(store, onRows);
    await committer.learnIds('watchtower.events', 'role = 0');
    return committer;
  }

  /**
   * Runs a commit that may have been run before, in part or as a whole. The engine notes a token before the part stands,
   * so tokens do not tell what is there: the rows do.
   */
  async repeat(work: () => Promise<void>): Promise<void> {
    this.repeating = true;
    try {
      await work();
    } finally {
      this.repeating = false;
    }
  }

  /** Adds the good rows of a stage table. `commit` is the same number when a crash makes this run again. */
  async load(commit: bigint, stage: string): Promise<void> {
    await this.begin(commit);
    const rows = this.repeating ? await this.missing(stage) : stage;
    const extent = await this.extent(rows);
    if (extent) {
      const others = await this.findCopies(rows, extent);
      const conflicts = others || extent.files > 1;
      if (conflicts) {
        await this.store.write(identity.conflictsOf(rows));
        await this.resolve(commit, { stage: rows });
        await this.touch(commit, identity.STANDING_IN_CONFLICT);
      }
      const change = (columns: readonly string[]) =>
        conflicts
          ? identity.difference(commit, { stage: rows }, columns)
          : identity.added(commit, rows, columns);
      await this.insert(commit, change(EVENT_COLUMNS));
      this.onRows?.();
      await this.settle(change(CHANGE_COLUMNS));
    }
    await this.learnIds(stage, `error = ''`);
    await this.completeIds(commit, extent && rows);
    await this.correlate(commit, extent && { stage: rows, ...extent });
    if (this.repeating) await this.empty(REST);
  }

  /** Takes rows of a file back, and brings back what they shadowed. */
  async remove(commit: bigint, removal: Removal): Promise<void> {
    await this.begin(commit);
    const range = `time >= ${moment(removal.from)} AND time < ${moment(removal.to)}`;
    const bases = `SELECT base FROM watchtower.events WHERE ${range} AND ${identity.removed(removal)}
      GROUP BY base, file, line, role, ver HAVING sum(sign) > 0`;
    await this.store.write(fill(FOUND, current(`${range} AND base IN (${bases})`)));
    await this.store.write(identity.CONFLICTS_OF_REMOVAL);
    await this.resolve(commit, { without: removal });
    await this.touch(commit, identity.STANDING_IN_CONFLICT);
    await this.insert(commit, identity.difference(commit, { without: removal }));
    this.onRows?.();
    await this.settle(identity.difference(commit, { without: removal }, CHANGE_COLUMNS));
    await this.completeIds(commit, undefined);
    await this.correlate(commit);
  }

  /** Drops what was noted of a commit that need not be repeated any more. */
  async forget(commit: bigint): Promise<void> {
    if (!this.noted.has(commit)) return;
    await this.store.write(`ALTER TABLE ${TOUCHED_BY_COMMIT} DROP PARTITION ${commit}`);
    this.noted.delete(commit);
  }

  /** Drops what was noted of any commit: none has to be repeated. */
  async forgetAll(): Promise<void> {
    await this.empty(TOUCHED_BY_COMMIT);
    this.noted.clear();
  }

  private async begin(commit: bigint): Promise<void> {
    await this.empty(FOUND, CONFLICT, POOL, WINNERS, DESIRED, TRIPLES, TOUCHED);
    if (!this.repeating) return;
    this.noted.add(commit);
    await this.touched(`SELECT ${TOUCHED_COLUMNS} FROM ${TOUCHED_BY_COMMIT} WHERE commit = ${commit}`);
  }

  private touched(rows: string): Promise<void> {
    return this.store.write(`INSERT INTO ${TOUCHED} (${TOUCHED_COLUMNS}) ${rows} SETTINGS async_insert = 0`);
  }

  /** Notes rows that the next insert changes, before it does: there may be no trace of them afterwards. */
  private async touch(commit: bigint, rows: string): Promise<void> {
    await this.touched(rows);
    this.noted.add(commit);
    await this.store.write(
      `INSERT INTO ${TOUCHED_BY_COMMIT} (commit, ${TOUCHED_COLUMNS}) SELECT ${commit}, * FROM (${rows}) SETTINGS async_insert = 0`,
    );
  }

  /** The staged rows that do not stand, in a table of their own; all of them count as touched. */
  private async missing(stage: string): Promise<string> {
    const staged = `FROM ${stage} WHERE error = ''`;
    await this.touched(`SELECT ${TOUCHED_COLUMNS} ${staged}`);
    await this.empty(REST);
    await this.store.write(
      `INSERT INTO ${REST} SELECT * ${staged} AND (file, line) NOT IN (
         SELECT file, line FROM watchtower.events
         WHERE file IN (SELECT file ${staged}) AND toStartOfHour(time) IN (SELECT toStartOfHour(time) ${staged})
         GROUP BY file, line HAVING sum(sign) > 0
       ) SETTINGS async_insert = 0`,
    );
    return REST;
  }

  private async extent(stage: string): Promise<Extent | undefined> {
    const [extent] = await this.store.read<Extent>(
      `SELECT count() AS rows, uniqExact(file) AS files, toUInt32(min(time)) AS first, toUInt32(max(time)) AS last FROM ${stage} WHERE error = ''`,
    );
    return extent && extent.rows > 0 ? extent : undefined;
  }

  /** Loads the standing rows that share an identity with the stage; true where one is of another file. */
  private async findCopies(stage: string, { first, last }: Extent): Promise<boolean> {
    await this.store.write(
      fill(
        FOUND,
        current(
          `time >= ${moment(first)} AND time <= ${moment(last)}
           AND toStartOfHour(time) IN (SELECT DISTINCT toStartOfHour(time) FROM ${stage} WHERE error = '')
           AND record IN (SELECT DISTINCT record FROM ${stage} WHERE error = '')
           AND base IN (SELECT base FROM ${stage} WHERE error = '')`,
        ),
      ),
    );
    const [row] = await this.store.read<{ others: number }>(
      `SELECT count() AS others FROM ${FOUND} WHERE file NOT IN (SELECT file FROM ${stage}) OR (SELECT uniqExact(file) FROM ${stage}) > 1`,
    );
    return (row?.others ?? 0) > 0;
  }

  private async resolve(commit: bigint, sources: Sources): Promise<void> {
    await this.store.write(identity.poolOf(sources));
    await this.store.write(identity.WINNERS_OF_POOL);
    await this.store.write(identity.completedEvents(commit, sources));
  }

  private async learnIds(table: string, where: string): Promise<void> {
    const [use] = await this.store.read<IdUse>(ids.idUse(table, where));
    if (use) this.uses = { logged: this.uses.logged | use.logged, lacking: this.uses.lacking | use.lacking };
  }

  private async completeIds(commit: bigint, stage: string | undefined): Promise<void> {
    const mask = this.uses.logged & this.uses.lacking;
    if (mask === 0) return;
    const [span] = await this.store.read<{ first: number; last: number }>(ids.queuedSpan(stage));
    if (!span) return;
    await this.store.write(ids.touchedTriples(stage));
    await this.empty(FOUND, DESIRED);
    await this.store.write(ids.rowsOfTriples(span, mask));
    await this.store.write(ids.adopted(commit + 1n));
    if (!(await this.holdsRows(DESIRED))) return;
    await this.touch(commit, ids.CHANGED_BY_ADOPTION);
    await this.insert(commit + 1n, ids.adoption(commit + 1n));
    await this.settle(ids.adoption(commit + 1n, CHANGE_COLUMNS));
  }

  /**
   * Works out which delivery the complaints and remote bounces belong to that are new, or in reach of what was touched:
   * the loaded rows, and those that the commit changed otherwise.
   */
  private async correlate(
    commit: bigint,
    loaded?: { stage: string; first: number; last: number },
  ): Promise<void> {
    const [changed] = await this.store.read<{ first: number; last: number }>(correlation.TOUCHED_SPAN);
    const spans = [loaded, changed].filter((span) => span !== undefined);
    if (spans.length === 0) return;
    const first = Math.min(...spans.map((span) => span.first));
    const last = Math.max(...spans.map((span) => span.last));
    await this.empty(FOUND, LATE, DESIRED, CROWDED);
    await this.store.write(correlation.lateEvents(first, last));
    if (!(await this.holdsRows(FOUND))) return;
    const touched = [`SELECT ${TOUCHED_COLUMNS} FROM ${TOUCHED}`];
    if (loaded) touched.push(`SELECT ${TOUCHED_COLUMNS} FROM ${loaded.stage} WHERE error = ''`);
    await this.store.write(correlation.concerned(touched.join(' UNION ALL ')));
    const [span] = await this.store.read<correlation.Span>(correlation.CONCERNED_SPAN);
    if (!span) return;
    await this.store.write(correlation.crowded(span));
    await this.store.write(correlation.correlated(commit + 2n, span));
    if (!(await this.holdsRows(DESIRED))) return;
    await this.insert(commit + 2n, ids.adoption(commit + 2n));
  }

  /** Keeps `open_events` right after a change of events, SELECTs of its signed rows. */
  private async settle(parts: string[]): Promise<void> {
    await this.empty(CHANGED);
    await this.store.write(open.changes(parts));
    const [extent] = await this.store.read<open.Extent>(open.EXTENT);
    if (!extent || extent.rows === 0) return;
    // A copy in the place of another takes rows back, but no outcome.
    const loses = extent.withdrawn > 0 && (await this.holdsRows(`(${open.LOST})`));
    await this.store.write(open.settle(extent, loses));
  }

  private async holdsRows(table: string): Promise<boolean> {
    const [row] = await this.store.read<{ rows: number }>(`SELECT count() AS rows FROM ${table}`);
    return (row?.rows ?? 0) > 0;
  }

  private async empty(...tables: string[]): Promise<void> {
    for (const table of tables) await this.store.write(`TRUNCATE TABLE ${table}`);
  }

  private async insert(commit: bigint, parts: string[]): Promise<void> {
    const token = this.repeating ? `commit:${commit}:${Date.now()}` : `commit:${commit}`;
    await this.store.write(
      `INSERT INTO watchtower.events (${EVENT_COLUMNS.join(', ')}) ${parts.join(' UNION ALL ')} ${insertSettings(token)}`,
    );
  }
}

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
  ownRows,
  POOL,
  TOUCHED,
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
 * The one that writes `events`. Every change is one signed insert whose content is a function of the store without
 * that commit, so repeating it after a crash, with its token, changes nothing that was already there.
 */
export class Committer {
  private uses: IdUse = { logged: 0, lacking: 0 };
  private repeating = false;

  private constructor(private readonly store: Store) {}

  /** Makes the scratch tables and learns which ids the store's messages log. */
  static async open(store: Store, slots: number): Promise<Committer> {
    await createWorkTables(store, slots);
    const committer = new Committer(store);
    await committer.learnIds('watchtower.events', 'role = 0');
    return committer;
  }

  /**
   * Runs a commit that an earlier process began. The engine notes a token before the part stands, so tokens do not tell
   * what is there: a partition that holds rows of the commit has all of them, the others are written.
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
    await this.empty(FOUND, CONFLICT, POOL, WINNERS, DESIRED, TRIPLES, TOUCHED);
    const extent = await this.extent(stage);
    if (!extent) return;
    const others = await this.findCopies(commit, stage, extent);
    const conflicts = others || extent.files > 1;
    if (conflicts) {
      await this.store.write(identity.conflictsOf(stage));
      await this.store.write(correlation.TOUCHED_BY_CONFLICT);
      await this.resolve(commit, { stage });
    }
    const change = (columns: readonly string[]) =>
      conflicts ? identity.difference(commit, { stage }, columns) : identity.added(commit, stage, columns);
    await this.insert(commit, change(EVENT_COLUMNS));
    await this.settle(change(CHANGE_COLUMNS));
    await this.learnIds(stage, `error = ''`);
    await this.completeIds(commit + 1n, stage);
    await this.correlate(commit + 2n, { stage, ...extent });
  }

  /** Takes rows of a file back, and brings back what they shadowed. */
  async remove(commit: bigint, removal: Removal): Promise<void> {
    const { from, to } = removal;
    await this.empty(FOUND, CONFLICT, POOL, WINNERS, DESIRED, TRIPLES, TOUCHED);
    const range = `time >= ${moment(from)} AND time < ${moment(to)}`;
    const standing = `${range} AND NOT (${ownRows(commit)})`;
    const bases = `SELECT base FROM watchtower.events WHERE ${standing} AND ${identity.removed(removal)}`;
    await this.store.write(fill(FOUND, current(`${standing} AND base IN (${bases})`)));
    await this.store.write(correlation.TOUCHED_BY_REMOVAL);
    await this.store.write(identity.CONFLICTS_OF_REMOVAL);
    await this.resolve(commit, { without: removal });
    await this.insert(commit, identity.difference(commit, { without: removal }));
    await this.settle(identity.difference(commit, { without: removal }, CHANGE_COLUMNS));
    await this.completeIds(commit + 1n, undefined);
    await this.correlate(commit + 2n);
  }

  private async extent(stage: string): Promise<Extent | undefined> {
    const [extent] = await this.store.read<Extent>(
      `SELECT count() AS rows, uniqExact(file) AS files, toUInt32(min(time)) AS first, toUInt32(max(time)) AS last FROM ${stage} WHERE error = ''`,
    );
    return extent && extent.rows > 0 ? extent : undefined;
  }

  /** Loads the standing rows that share an identity with the stage; true where one is of another file. */
  private async findCopies(commit: bigint, stage: string, { first, last }: Extent): Promise<boolean> {
    await this.store.write(
      fill(
        FOUND,
        current(
          `time >= ${moment(first)} AND time <= ${moment(last)}
           AND toStartOfHour(time) IN (SELECT DISTINCT toStartOfHour(time) FROM ${stage} WHERE error = '')
           AND record IN (SELECT DISTINCT record FROM ${stage} WHERE error = '')
           AND base IN (SELECT base FROM ${stage} WHERE error = '')
           AND NOT (${ownRows(commit)})`,
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
    await this.store.write(ids.rowsOfTriples(span, mask, `NOT (${ownRows(commit)})`));
    await this.store.write(ids.adopted(commit));
    if (!(await this.holdsRows(DESIRED))) return;
    await this.store.write(ids.TOUCHED_BY_ADOPTION);
    await this.insert(commit, ids.adoption(commit));
    await this.settle(ids.adoption(commit, CHANGE_COLUMNS));
  }

  /**
   * Works out which delivery the complaints and remote bounces belong to that are new, or in reach of what was touched:
   * the loaded rows, and those that the commit changed otherwise.
   */
  private async correlate(
    commit: bigint,
    loaded?: { stage: string; first: number; last: number },
  ): Promise<void> {
    const visible = `NOT (${ownRows(commit)})`;
    const [changed] = await this.store.read<{ first: number; last: number }>(correlation.TOUCHED_SPAN);
    const spans = [loaded, changed].filter((span) => span !== undefined);
    if (spans.length === 0) return;
    const first = Math.min(...spans.map((span) => span.first));
    const last = Math.max(...spans.map((span) => span.last));
    await this.empty(FOUND, LATE, DESIRED, CROWDED);
    await this.store.write(correlation.lateEvents(first, last, visible));
    if (!(await this.holdsRows(FOUND))) return;
    const touched = [`SELECT ${TOUCHED_COLUMNS} FROM ${TOUCHED}`];
    if (loaded) touched.push(`SELECT ${TOUCHED_COLUMNS} FROM ${loaded.stage} WHERE error = ''`);
    await this.store.write(correlation.concerned(touched.join(' UNION ALL ')));
    const [span] = await this.store.read<correlation.Span>(correlation.CONCERNED_SPAN);
    if (!span) return;
    await this.store.write(correlation.crowded(span, visible));
    await this.store.write(correlation.correlated(commit, span, visible));
    if (!(await this.holdsRows(DESIRED))) return;
    await this.insert(commit, ids.adoption(commit));
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
    const columns = EVENT_COLUMNS.join(', ');
    const rows = parts.join(' UNION ALL ');
    const [select, token] = this.repeating
      ? [
          `SELECT ${columns} FROM (${rows}) WHERE toYYYYMMDD(time) NOT IN (SELECT toYYYYMMDD(time) FROM watchtower.events WHERE commit = ${commit})`,
          `commit:${commit}:${Date.now()}`,
        ]
      : [rows, `commit:${commit}`];
    await this.store.write(`INSERT INTO watchtower.events (${columns}) ${select} ${insertSettings(token)}`);
  }
}

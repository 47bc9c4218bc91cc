import type { Counter } from './counters';
import { filterColumn, filterSql, rawFiltersSql } from '../filters';
import { bucketStartSql } from '../interval';
import { placesOf } from '../lookups';
import { bucketSql } from './latency';
import type { MetricName } from './metrics';
import { Params } from '../params';
import type { Part, Plan, Slice } from './planner';
import type { DimensionName } from '../dimensions';
import type { Filter } from '../schema';
import type { Table } from './sources';
import { withinSql, type TimeRange } from '../standing';
import { atMinute, cellsOf, finishedSql, LONGEST, openSql } from './waiting';

const HOUR = 3600;

/** SQL text with the parameters it names. */
export interface Statement {
  readonly sql: string;
  readonly params: Record<string, string | string[]>;
}

/** How the rows of an answer are ordered and cut; `keys` limits it to these groups. */
export interface Selection {
  readonly orderBy?: { readonly column: string; readonly descending: boolean };
  readonly limit?: number;
  readonly keys?: readonly (readonly string[])[];
  /** Everything but the keys, as one group without a name. */
  readonly others?: true;
}

/**
 * Column names of the answer's rows: `t` bucket start (epoch s), `w` index of the window, `g0 …` groups, `m_<metric>`,
 * `v_<rate>` its volume, `c_<counter>`, `groups` their number.
 */
export const columns = {
  time: 't',
  window: 'w',
  group: (index: number) => `g${index}`,
  metric: (name: MetricName) => `m_${name}`,
  volume: (name: MetricName) => `v_${name}`,
  counter: (name: Counter) => `c_${name}`,
  total: 'groups',
} as const;

/** Writes what is read of the tables of a plan; its parameters are collected on the way. */
export class TableWriter {
  readonly params = new Params();
  protected readonly groups: readonly string[];
  protected readonly keyLists: readonly string[];
  private readonly timezone: string;

  constructor(
    protected readonly plan: Plan,
    protected readonly selection: Selection,
  ) {
    const { groupBy } = plan.question;
    const { keys } = selection;
    this.groups = selection.others ? [] : groupBy.map((_, index) => columns.group(index));
    this.keyLists = keys
      ? groupBy.map((_, index) => this.params.add(keys.map((key) => key[index] ?? '')))
      : [];
    const { bucketing } = plan.question;
    this.timezone = bucketing ? this.params.add(bucketing.timezone) : '';
  }

  protected keys(): string[] {
    const { bucketing, windows } = this.plan.question;
    return [...(bucketing ? [columns.time] : []), ...(windows ? [columns.window] : []), ...this.groups];
  }

  protected select(
    part: Part,
    slice: Slice,
    values: string[],
    by: string[] = [],
    condition?: string,
  ): string {
    const { bucketing, windows } = this.plan.question;
    const keys = [
      ...(bucketing ? [`${bucketStartSql(bucketing, 'time', this.timezone)} AS ${columns.time}`] : []),
      ...(windows ? [`${windowOf(windows)} AS ${columns.window}`] : []),
      ...this.groupsOf(slice).map(([name, value]) => `${value} AS ${name}`),
    ];
    const grouped = [...this.keys(), ...by];
    return [
      `SELECT ${[...keys, ...values].join(', ')}`,
      `FROM watchtower.${slice.table.name}`,
      `WHERE ${this.conditions(part, slice, condition).join(' AND ')}`,
      ...(grouped.length > 0 ? [`GROUP BY ${grouped.join(', ')}`] : []),
    ].join('\n');
  }

  protected conditions(part: Part, slice: Slice, condition: string | undefined): string[] {
    const { table, ranges } = slice;
    return [
      ...(table.part === '' ? [] : [table.part]),
      withinSql(ranges),
      ...(condition === undefined ? [] : [condition]),
      ...this.narrowed(part, slice),
      ...(slice.grain === 'raw' ? placesOf(part.filters, ranges, this.params) : []),
    ];
  }

  /** The filters, and the groups that are wanted. */
  private narrowed(part: Part, slice: Slice): string[] {
    return [...this.filtered(part.filters, slice), ...this.wanted(slice.table)];
  }

  /** Conditions of these filters, as the table of a slice has it. */
  protected filtered(filters: readonly Filter[], { table, grain }: Slice): string[] {
    if (grain === 'raw') return rawFiltersSql(filters, this.params);
    return filters.map((filter) =>
      filterSql(filter, filterColumn(filter, table.column(filter.dimension as never)), this.params),
    );
  }

  /** Limits a table to the keys, or to whatever is not among them. */
  private wanted(table: Table): string[] {
    const { groupBy } = this.plan.question;
    const values = groupBy.map((dimension) => table.column(dimension));
    if (!this.selection.others)
      return this.keyLists.map((list, index) => `${values[index] ?? '1'} IN ${list}`);
    const [list = ''] = this.keyLists;
    if (this.keyLists.length === 1) return [`${values[0] ?? '1'} NOT IN ${list}`];
    const texts = values.map((value) => `toString(${value})`);
    return [`NOT has(arrayZip(${this.keyLists.join(', ')}), (${texts.join(', ')}))`];
  }

  /** SELECT of the keys, the latency `bucket` and the `amount` of deliveries in it. */
  protected bucketed(part: Part, slice: Slice): string {
    if (slice.grain !== 'raw') return this.select(part, slice, ['bucket', 'sum(n) AS amount'], ['bucket']);
    const values = [`${bucketSql('latency')} AS bucket`, 'sum(toInt64(sign)) AS amount'];
    return this.select(part, slice, values, ['bucket'], "record = 'd' AND latency >= 0");
  }

  /** SELECT of the groups, `q` (when queued) and `finish`, a row for each message that may wait in the range. */
  protected intervals(part: Part, slice: Slice): string {
    const { from, to, bucketing } = this.plan.question;
    const wanted = {
      range: [from, to] as const,
      first: cellsOf([from, to], bucketing).begin,
      groups: this.groupsOf(slice),
      narrowed: [...this.narrowed(part, slice), ...this.inOldest(part, slice)],
    };
    return part.family === 'open' ? openSql(slice.table.name, wanted) : finishedSql(wanted);
  }

  /**
   * Limits events with a final outcome to the hour in which the range ends and those in which, of each group, what waited
   * longest then has ended. Where events have expired and the changes have not, the first hour that is left may have lost it.
   */
  private inOldest(part: Part, { changes }: Slice): string[] {
    if (!changes) return [];
    const at = atMinute(this.plan.question.to);
    const next = at - (at % HOUR) + HOUR;
    const minutes: Slice = { grain: 'minute', table: changes, ranges: [[Math.max(0, at - LONGEST), at]] };
    const first = 'SELECT min(time) FROM watchtower.events';
    const keys = this.groupsOf(minutes).map(([name, value]) => `${value} AS ${name}`);
    const where = this.conditions(part, minutes, `hour >= toDateTime(${next}, 'UTC') AND hour > (${first})`);
    const begun = `SELECT ${[...keys, 'hour', 'time AS begun'].join(', ')}\nFROM watchtower.${changes.name}\nWHERE ${where.join(' AND ')}\nGROUP BY ${[...this.groups, 'hour', 'begun'].join(', ')}\nHAVING sum(change) > 0`;
    const partition = this.groups.length > 0 ? `PARTITION BY ${this.groups.join(', ')}` : '';
    const earliest = `SELECT hour, begun, min(begun) OVER (${partition}) AS earliest FROM (\n${begun}\n)`;
    return [
      `(time < toDateTime(${next}, 'UTC') OR toStartOfHour(time) IN (SELECT hour FROM (\n${earliest}\n) WHERE begun = earliest UNION ALL SELECT toStartOfHour((${first}))))`,
    ];
  }

  protected groupsOf({ table }: Slice): [name: string, value: string][] {
    const { groupBy } = this.plan.question;
    return this.groups.map((group, index) => [group, column(table, groupBy[index])]);
  }
}

/** SQL of the index of the window in which `time` is. */
function windowOf(windows: readonly TimeRange[]): string {
  const cases = windows.map((window, index) => `${withinSql([window])}, ${index}`);
  return `multiIf(${[...cases, '0'].join(', ')})`;
}

function column(table: Table, dimension: DimensionName | undefined): string {
  return dimension === undefined ? "''" : table.column(dimension);
}

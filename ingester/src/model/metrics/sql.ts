import { counterOf, isSingleValue, type Counter } from './counters';
import { filterColumn, filterSql, rawFiltersSql } from '../filters';
import { bucketStartSql } from '../interval';
import { placesOf } from '../lookups';
import { bucketSql, quantileSql, QUANTILES } from './latency';
import { metricOf, type MetricName } from './metrics';
import { Params } from '../params';
import type { Part, Plan, Slice } from './planner';
import type { DimensionName } from '../dimensions';
import type { Filter } from '../schema';
import { OPEN_EVENTS, type Table } from './sources';
import { withinSql, type TimeRange } from '../standing';
import {
  atMinute,
  cellsOf,
  finishedSql,
  isOpenSql,
  LONGEST,
  openSql,
  runningSql,
  waitingSql,
} from './waiting';

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

/** The SQL of a plan: counters per cell from every slice, added up, then the metrics' expressions over them. */
export function planSql(plan: Plan, selection: Selection = {}): Statement {
  const writer = new Writer(plan, selection);
  return { sql: writer.statement(), params: writer.params.values };
}

/** Writes the SQL of one plan; its parameters are collected on the way. */
export class Writer {
  readonly params = new Params();
  protected readonly groups: readonly string[];
  private readonly keyLists: readonly string[];
  private readonly timezone: string;

  constructor(
    protected readonly plan: Plan,
    private readonly selection: Selection,
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

  statement(): string {
    const { question, counters, parts } = this.plan;
    const keys = this.keys();
    const merged = counters.map(
      (c) => `${isSingleValue(c) ? 'max' : 'sum'}(n_${c}) AS ${columns.counter(c)}`,
    );
    const branches = parts.flatMap((part) => this.branches(part));
    const metrics = question.metrics.flatMap((name) => {
      const { sql, volume } = metricOf(name);
      const value = sql(columns.counter);
      if (!volume) return [`${value} AS ${columns.metric(name)}`];
      const amount = volume.sql(columns.counter);
      const judged = question.enough ? `if(${amount} < ${volume.minimum}, NULL, ${value})` : value;
      return [`${judged} AS ${columns.metric(name)}`, `${amount} AS ${columns.volume(name)}`];
    });
    const told = (question.counters ?? []).map(columns.counter);
    const total = this.selection.limit === undefined ? [] : [`count() OVER () AS ${columns.total}`];
    return [
      `SELECT ${[...keys, ...metrics, ...told, ...total].join(', ')}`,
      `FROM (\nSELECT ${[...keys, ...merged].join(', ')}`,
      `FROM (\n${branches.join('\nUNION ALL\n')}\n)${keys.length > 0 ? `\nGROUP BY ${keys.join(', ')}` : ''}`,
      `)\nWHERE ${this.existing()}`,
      ...this.tail(),
    ].join('\n');
  }

  protected keys(): string[] {
    const { bucketing, windows } = this.plan.question;
    return [...(bucketing ? [columns.time] : []), ...(windows ? [columns.window] : []), ...this.groups];
  }

  /** A group exists where mail was tried; one without a value, or with receptions alone, only where it has something to say. */
  private existing(): string {
    const conditions = [
      this.plan.counters.includes('backlog') ? '(c_events > 0 OR c_backlog > 0)' : 'c_events > 0',
    ];
    if (this.groups.length > 0) {
      const empty = this.groups.map((group) => `${group} = ''`).join(' OR ');
      const told = this.plan.presence.map((counter) => `c_${counter} != 0`);
      conditions.push(
        `((NOT (${empty}) AND c_tried > 0)${told.map((condition) => ` OR ${condition}`).join('')})`,
      );
    }
    if (this.keyLists.length > 1 && !this.selection.others) {
      conditions.push(
        `has(arrayZip(${this.keyLists.join(', ')}), (${this.groups.map((g) => `toString(${g})`).join(', ')}))`,
      );
    }
    return conditions.join(' AND ');
  }

  private tail(): string[] {
    const { orderBy, limit } = this.selection;
    const order = [
      ...(this.plan.question.bucketing ? [columns.time] : []),
      ...(orderBy ? [`${orderBy.column} ${orderBy.descending ? 'DESC' : 'ASC'} NULLS LAST`] : []),
      ...this.groups,
    ];
    return [
      ...(order.length > 0 ? [`ORDER BY ${order.join(', ')}`] : []),
      ...(limit === undefined ? [] : [`LIMIT ${limit}`]),
    ];
  }

  /** SELECTs with the same columns each: the keys, then `n_<counter>` for every counter of the plan. */
  private branches(part: Part): string[] {
    const own = new Set(part.counters);
    const row = (source: (counter: Counter) => string) =>
      this.plan.counters.map((c) => `${own.has(c) ? source(c) : isSingleValue(c) ? 'NULL' : '0'} AS n_${c}`);
    switch (part.family) {
      case 'counts':
      case 'reporting':
        return part.slices.map((slice) => {
          const source = (c: Counter) =>
            (slice.grain === 'raw' ? counterOf(c).raw : counterOf(c).rollup) ?? '0';
          return this.select(part, slice, row(source));
        });
      case 'latency':
        return [this.quantiles(part, row)];
      case 'latencyMax':
        return [
          this.distinct(
            part,
            (slice) => `record = 'd' AND latency >= 0${this.inPeaks(part, slice)}`,
            'latency',
            row(() => 'maxOrNull(latency)'),
          ),
        ];
      // No counter is of this family: distributions alone read it.
      case 'size':
        return [];
      case 'deferredMessages':
        return [
          this.distinct(
            part,
            () => "record = 't'",
            'message',
            row(() => 'count()'),
          ),
        ];
      case 'unresolved': {
        const { from, to } = this.plan.question;
        return [
          this.distinct(
            part,
            ({ table }) => (table.name === OPEN_EVENTS ? '1' : isOpenSql([from, to])),
            'message',
            row(() => 'count()'),
          ),
        ];
      }
      case 'backlog':
        return [this.backlog(part, row)];
      case 'open':
      case 'waiting':
        return part.slices.map((slice) => this.waiting(this.intervals(part, slice), row));
    }
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

  private conditions(part: Part, slice: Slice, condition: string | undefined): string[] {
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

  private quantiles(part: Part, row: (source: (counter: Counter) => string) => string[]): string {
    const keys = this.keys();
    const slices = part.slices.map((slice) => this.bucketed(part, slice));
    const buckets = `SELECT ${[...keys, 'bucket', 'sum(amount) AS held'].join(', ')}\nFROM (\n${slices.join('\nUNION ALL\n')}\n)\nGROUP BY ${[...keys, 'bucket'].join(', ')}\nHAVING held > 0`;
    const sorted = `SELECT ${[...keys, 'arraySort(groupArray((bucket, held))) AS pairs', 'arrayCumSum(arrayMap(pair -> pair.2, pairs)) AS cumulated'].join(', ')}\nFROM (\n${buckets}\n)${keys.length > 0 ? `\nGROUP BY ${keys.join(', ')}` : ''}\nHAVING notEmpty(pairs)`;
    const quantile = (counter: Counter) =>
      quantileSql(QUANTILES[counter as keyof typeof QUANTILES], 'pairs', 'cumulated');
    return `SELECT ${[...keys, ...row(quantile)].join(', ')}\nFROM (\n${sorted}\n)`;
  }

  /**
   * Limits events to the hours in which the longest latency of a cell can be. Where events have expired and counted
   * latencies have not, the first hour that is left may have lost its longest.
   */
  private inPeaks(part: Part, { ranges, peaks }: Slice): string {
    if (!peaks) return '';
    const first = 'SELECT min(time) FROM watchtower.events';
    const hours: Slice = { grain: 'hour', table: peaks, ranges };
    const keys = this.keys();
    const held = `${this.select(part, hours, ['time AS hour', 'bucket'], ['hour', 'bucket'], `time > (${first})`)}\nHAVING sum(n) > 0`;
    const partition = keys.length > 0 ? `PARTITION BY ${keys.join(', ')}` : '';
    const tops = `SELECT hour, max(bucket) AS top, max(top) OVER (${partition}) AS highest FROM (\n${held}\n) GROUP BY ${[...keys, 'hour'].join(', ')}`;
    return ` AND toStartOfHour(time) IN (SELECT hour FROM (\n${tops}\n) WHERE top = highest UNION ALL SELECT toStartOfHour((${first})))`;
  }

  /** Messages with a final event that wait at the end of each cell, from the changes minute by minute. */
  private backlog(part: Part, row: (source: (counter: Counter) => string) => string[]): string {
    const { from, to, bucketing } = this.plan.question;
    const changes = part.slices.map((slice) => {
      const keys = this.groupsOf(slice).map(([name, value]) => `${value} AS ${name}`);
      const step = slice.grain === 'day' ? 'waiting' : 'change';
      const values = [...keys, 'toInt64(toUnixTimestamp(time)) AS q', `${step} AS step`];
      return `SELECT ${values.join(', ')}\nFROM watchtower.${slice.table.name}\nWHERE ${this.conditions(part, slice, undefined).join(' AND ')}`;
    });
    const cells = runningSql(changes.join('\nUNION ALL\n'), this.groups, cellsOf([from, to], bucketing));
    return this.cells(
      cells,
      row(() => 'waits'),
    );
  }

  /** Messages that wait at the end of each cell, and the age of the oldest of them. */
  private waiting(intervals: string, row: (source: (counter: Counter) => string) => string[]): string {
    const { from, to, bucketing } = this.plan.question;
    const cells = waitingSql(intervals, this.groups, cellsOf([from, to], bucketing));
    return this.cells(
      cells,
      row((counter) => (counter === 'backlog' ? 'waits' : 'at - oldest')),
    );
  }

  private cells(cells: string, values: readonly string[]): string {
    const keys = [...(this.plan.question.bucketing ? [`start AS ${columns.time}`] : []), ...this.groups];
    return `SELECT ${[...keys, ...values].join(', ')}\nFROM (\n${cells}\n)`;
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

  private groupsOf({ table }: Slice): [name: string, value: string][] {
    const { groupBy } = this.plan.question;
    return this.groups.map((group, index) => [group, column(table, groupBy[index])]);
  }

  /** Aggregates over the distinct values of a column that are still there once corrections are weighed in. */
  private distinct(
    part: Part,
    condition: (slice: Slice) => string,
    column: string,
    values: string[],
  ): string {
    const keys = this.keys();
    const inner = part.slices.map(
      (slice) => `${this.select(part, slice, [column], [column], condition(slice))}\nHAVING sum(sign) > 0`,
    );
    return `SELECT ${[...keys, ...values].join(', ')}\nFROM (\n${inner.join('\nUNION ALL\n')}\n)${keys.length > 0 ? `\nGROUP BY ${keys.join(', ')}` : ''}`;
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

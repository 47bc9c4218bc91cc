import { counterSql, isSingleValue, type Counter } from './counters';
import { quantileSql, QUANTILES } from './latency';
import { metricOf } from './metrics';
import type { Part, Plan, Slice } from './planner';
import { OPEN_EVENTS } from './sources';
import { columns, TableWriter, type Selection, type Statement } from './tableSql';
import { cellsOf, isOpenSql, runningSql, waitingSql } from './waiting';

/** The SQL of a plan: counters per cell from every slice, added up, then the metrics' expressions over them. */
export function planSql(plan: Plan, selection: Selection = {}): Statement {
  const writer = new Writer(plan, selection);
  return { sql: writer.statement(), params: writer.params.values };
}

/** Writes the SQL of one plan. */
class Writer extends TableWriter {
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
          const source = (c: Counter) => counterSql(c, slice.grain);
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

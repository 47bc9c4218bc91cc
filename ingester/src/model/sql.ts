import { counterOf, isSingleValue, type Counter } from './counters';
import { filterColumn, filterSql, rawFilterSql } from './filters';
import { bucketStartSql } from './interval';
import { bucketSql, quantileSql, QUANTILES } from './latency';
import { metricOf, type MetricName } from './metrics';
import { Params } from './params';
import type { Part, Plan, Slice } from './planner';

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
}

/** Column names of the answer's rows: `t` bucket start (epoch s), `g0 …` groups, `m_<metric>`, `groups` their number. */
export const columns = {
  time: 't',
  group: (index: number) => `g${index}`,
  metric: (name: MetricName) => `m_${name}`,
  total: 'groups',
} as const;

/** The SQL of a plan: counters per cell from every slice, added up, then the metrics' expressions over them. */
export function planSql(plan: Plan, selection: Selection = {}): Statement {
  const writer = new Writer(plan, selection);
  return { sql: writer.statement(), params: writer.params.values };
}

class Writer {
  readonly params = new Params();
  private readonly groups: readonly string[];
  private readonly keyLists: readonly string[];
  private readonly timezone: string;

  constructor(
    private readonly plan: Plan,
    private readonly selection: Selection,
  ) {
    this.groups = plan.question.groupBy.map((_, index) => columns.group(index));
    const { keys } = selection;
    this.keyLists = keys
      ? this.groups.map((_, index) => this.params.add(keys.map((key) => key[index] ?? '')))
      : [];
    const { bucketing } = plan.question;
    this.timezone = bucketing ? this.params.add(bucketing.timezone) : '';
  }

  statement(): string {
    const { question, counters, parts } = this.plan;
    const keys = this.keys();
    const merged = counters.map((c) => `${isSingleValue(c) ? 'max' : 'sum'}(n_${c}) AS c_${c}`);
    const branches = parts.flatMap((part) => this.branches(part));
    const metrics = question.metrics.map((name) => `${this.metric(name)} AS ${columns.metric(name)}`);
    const total = this.selection.limit === undefined ? [] : [`count() OVER () AS ${columns.total}`];
    return [
      `SELECT ${[...keys, ...metrics, ...total].join(', ')}`,
      `FROM (\nSELECT ${[...keys, ...merged].join(', ')}`,
      `FROM (\n${branches.join('\nUNION ALL\n')}\n)${keys.length > 0 ? `\nGROUP BY ${keys.join(', ')}` : ''}`,
      `)\nWHERE ${this.existing()}`,
      ...this.tail(),
    ].join('\n');
  }

  private keys(): string[] {
    return [...(this.plan.question.bucketing ? [columns.time] : []), ...this.groups];
  }

  private metric(name: MetricName): string {
    return metricOf(name).sql((counter) => `c_${counter}`);
  }

  /** A group exists where it has events; one without a value only where it has something to say. */
  private existing(): string {
    const conditions = ['c_events > 0'];
    if (this.groups.length > 0) {
      const empty = this.groups.map((group) => `${group} = ''`).join(' OR ');
      const told = this.plan.presence.map((counter) => `c_${counter} != 0`);
      conditions.push(`(NOT (${empty})${told.map((condition) => ` OR ${condition}`).join('')})`);
    }
    if (this.keyLists.length > 1) {
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
            "record = 'd' AND latency >= 0",
            'latency',
            row(() => 'maxOrNull(latency)'),
          ),
        ];
      case 'deferredMessages':
        return [
          this.distinct(
            part,
            "record = 't'",
            'message',
            row(() => 'count()'),
          ),
        ];
    }
  }

  private select(part: Part, slice: Slice, values: string[], by: string[] = [], condition?: string): string {
    const { bucketing, groupBy } = this.plan.question;
    const keys = [
      ...(bucketing ? [`${bucketStartSql(bucketing, 'time', this.timezone)} AS ${columns.time}`] : []),
      ...groupBy.map((dimension, index) => `${slice.table.column(dimension)} AS ${columns.group(index)}`),
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
    const { table, grain, ranges } = slice;
    const within = ranges.map(([from, to]) => `time >= ${instant(from)} AND time < ${instant(to)}`);
    const filters = part.filters.map((filter) => {
      if (grain === 'raw') return rawFilterSql(filter, this.params);
      return filterSql(filter, filterColumn(filter, table.column(filter.dimension as never)), this.params);
    });
    const wanted = this.keyLists.map((list, index) => {
      const dimension = this.plan.question.groupBy[index];
      return dimension === undefined ? '1' : `${table.column(dimension)} IN ${list}`;
    });
    return [
      ...(table.part === '' ? [] : [table.part]),
      within.length === 1 ? (within[0] ?? '') : `(${within.map((range) => `(${range})`).join(' OR ')})`,
      ...(condition === undefined ? [] : [condition]),
      ...filters,
      ...wanted,
    ];
  }

  private quantiles(part: Part, row: (source: (counter: Counter) => string) => string[]): string {
    const keys = this.keys();
    const slices = part.slices.map((slice) =>
      slice.grain === 'raw'
        ? this.select(
            part,
            slice,
            [`${bucketSql('latency')} AS bucket`, 'sum(toInt64(sign)) AS amount'],
            ['bucket'],
            "record = 'd' AND latency >= 0",
          )
        : this.select(part, slice, ['bucket', 'sum(n) AS amount'], ['bucket']),
    );
    const buckets = `SELECT ${[...keys, 'bucket', 'sum(amount) AS held'].join(', ')}\nFROM (\n${slices.join('\nUNION ALL\n')}\n)\nGROUP BY ${[...keys, 'bucket'].join(', ')}\nHAVING held > 0`;
    const sorted = `SELECT ${[...keys, 'arraySort(groupArray((bucket, held))) AS pairs', 'arrayCumSum(arrayMap(pair -> pair.2, pairs)) AS cumulated'].join(', ')}\nFROM (\n${buckets}\n)${keys.length > 0 ? `\nGROUP BY ${keys.join(', ')}` : ''}\nHAVING notEmpty(pairs)`;
    const quantile = (counter: Counter) =>
      quantileSql(QUANTILES[counter as keyof typeof QUANTILES], 'pairs', 'cumulated');
    return `SELECT ${[...keys, ...row(quantile)].join(', ')}\nFROM (\n${sorted}\n)`;
  }

  /** Aggregates over the distinct values of a column that are still there once corrections are weighed in. */
  private distinct(part: Part, condition: string, column: string, values: string[]): string {
    const keys = this.keys();
    const inner = part.slices.map(
      (slice) => `${this.select(part, slice, [column], [column], condition)}\nHAVING sum(sign) > 0`,
    );
    return `SELECT ${[...keys, ...values].join(', ')}\nFROM (\n${inner.join('\nUNION ALL\n')}\n)${keys.length > 0 ? `\nGROUP BY ${keys.join(', ')}` : ''}`;
  }
}

function instant(seconds: number): string {
  return `toDateTime(${seconds}, 'UTC')`;
}

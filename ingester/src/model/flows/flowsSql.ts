import { ROLLED } from '../metrics/counters';
import { OTHER_PROVIDER, type DimensionName } from '../dimensions';
import { survivesFolding } from '../filters';
import { quantileSql, QUANTILES } from '../metrics/latency';
import { partOf, type Part, type Question } from '../metrics/planner';
import type { Filter } from '../schema';
import { columns, TableWriter, type Statement } from '../metrics/tableSql';
import type { TimeRange } from '../standing';

/** A flow question after every default is filled in. */
export interface FlowQuestion {
  readonly range: TimeRange;
  readonly path: readonly DimensionName[];
  readonly value: 'messages' | 'attempts';
  readonly filters: readonly Filter[];
}

/** The node that stands for the values of a level which do not stand for themselves. */
export const OTHER = OTHER_PROVIDER;

/** Where a flow is read: its counts, and its counted latencies. */
export interface FlowParts {
  readonly question: Question;
  readonly counts: Part;
  readonly latency: Part;
  readonly folded: boolean;
}

/** Picks the shortest rollups that hold the path and its filters. Unlisted providers are one node, unless a filter tells them apart. */
export function planFlow({ range: [from, to], path, filters }: FlowQuestion): FlowParts {
  const groupBy = path.filter((name) => name !== 'outcome');
  const question: Question = { from, to, metrics: [], groupBy, filters, complaintProviders: [] };
  const folded = path.includes('provider') && filters.every(survivesFolding);
  const part = (family: 'counts' | 'latency') => partOf(question, family, [], folded);
  return { question, counts: part('counts'), latency: part('latency'), folded };
}

/** SQL of the largest nodes of each level: rows `level`, `node`, `amount`, at most `limit` of a level, largest first. */
export function nodesSql(question: FlowQuestion, parts: FlowParts, limit: number): Statement {
  const writer = new FlowWriter(question, parts);
  return { sql: writer.nodes(limit), params: writer.params.values };
}

/**
 * SQL of the links between the levels, where only the named nodes of each level stand for themselves: rows `level` (of
 * the source), `source`, `target`, `value`, `attempts`, `delivered`, `deferrals`, `latencyP95`.
 */
export function linksSql(
  question: FlowQuestion,
  parts: FlowParts,
  named: readonly (readonly string[])[],
): Statement {
  const writer = new FlowWriter(question, parts);
  return { sql: writer.links(named), params: writer.params.values };
}

/** What is counted of a cell, and with it of each outcome: name, final outcomes, attempts, deliveries, deferrals. */
const COUNTED = ['delivered', 'bounced', 'hardBounced', 'blocked', 'expired', 'deferrals'] as const;
const SOFT = 'bounced - hardBounced - blocked';
const BY_OUTCOME = `[('delivered', delivered, delivered, delivered, 0), ('hard', hardBounced, hardBounced, 0, 0), ('block', blocked, blocked, 0, 0),
('soft', ${SOFT}, ${SOFT} - expired, 0, 0), ('deferred', 0, deferrals, 0, deferrals)]`;
const TOGETHER =
  "[('', delivered + bounced, delivered + bounced - expired + deferrals, delivered, deferrals)]";

class FlowWriter extends TableWriter {
  constructor(
    private readonly flow: FlowQuestion,
    private readonly flowParts: FlowParts,
  ) {
    const { question, counts, latency, folded } = flowParts;
    super({ question, counters: [], presence: [], parts: [counts, latency], folded }, {});
  }

  nodes(limit: number): string {
    const nodes = this.flow.path.map((_, level) => `p${level}`);
    return [
      'SELECT level, node, sum(amount_) AS amount',
      `FROM (\nSELECT ${nodes.join(', ')}, ${this.amount()} AS amount_\nFROM (\n${this.parted()}\n)\n)`,
      `ARRAY JOIN ${numbers(nodes.length)} AS level, [${nodes.join(', ')}] AS node`,
      'GROUP BY level, node\nHAVING amount > 0',
      `ORDER BY level, amount DESC, node\nLIMIT ${limit} BY level`,
    ].join('\n');
  }

  links(named: readonly (readonly string[])[]): string {
    const ends = named.map((values, level) => {
      const list = this.params.add([...values]);
      return `if(has(${list}, p${level}), p${level}, '${OTHER}')`;
    });
    const between = `ARRAY JOIN ${numbers(ends.length - 1)} AS level, [${ends.slice(0, -1).join(', ')}] AS source, [${ends.slice(1).join(', ')}] AS target`;
    const counted = `SELECT level, source, target, sum(${this.amount()}) AS value, sum(attempts_) AS attempts, sum(delivered_) AS delivered, sum(deferrals_) AS deferrals\nFROM (\n${this.parted()}\n)\n${between}\nGROUP BY level, source, target\nHAVING value > 0`;
    const buckets = `SELECT level, source, target, bucket, sum(amount) AS held\nFROM (\n${this.latencies()}\n)\n${between}\nGROUP BY level, source, target, bucket\nHAVING held > 0`;
    const sorted = `SELECT level, source, target, arraySort(groupArray((bucket, held))) AS pairs, arrayCumSum(arrayMap(pair -> pair.2, pairs)) AS cumulated\nFROM (\n${buckets}\n)\nGROUP BY level, source, target`;
    const quantiles = `SELECT level, source, target, toNullable(${quantileSql(QUANTILES.latencyP95, 'pairs', 'cumulated')}) AS latencyP95\nFROM (\n${sorted}\n)`;
    return [
      'SELECT level, source, target, value, attempts, delivered, deferrals, latencyP95',
      `FROM (\n${counted}\n) AS counted`,
      `LEFT JOIN (\n${quantiles}\n) AS quantiles USING (level, source, target)`,
      'ORDER BY level, value DESC, source, target',
    ].join('\n');
  }

  private amount(): string {
    return this.flow.value === 'messages' ? 'sent_' : 'attempts_';
  }

  /** SELECT of the path's values, `p0` and so on, and what is counted of them. */
  private parted(): string {
    const { counts } = this.flowParts;
    const slices = counts.slices.map((slice) => {
      const isRaw = slice.grain === 'raw';
      const sums = COUNTED.map((name) => `${isRaw ? ROLLED[name] : `sum(${name})`} AS n_${name}`);
      return this.select(counts, slice, sums, [], isRaw ? "record IN ('d', 'b', 't')" : undefined);
    });
    const sums = COUNTED.map((name) => `sum(n_${name}) AS ${name}`);
    const cells = `SELECT ${[...this.groups, ...sums].join(', ')}\nFROM (\n${slices.join('\nUNION ALL\n')}\n)\nGROUP BY ${this.groups.join(', ')}`;
    const byOutcome = this.flow.path.includes('outcome') ? BY_OUTCOME : TOGETHER;
    const values = [
      ...this.steps('part.1'),
      'part.2 AS sent_',
      'part.3 AS attempts_',
      'part.4 AS delivered_',
      'part.5 AS deferrals_',
    ];
    return `SELECT ${values.join(', ')}\nFROM (\n${cells}\n)\nARRAY JOIN ${byOutcome} AS part`;
  }

  /** SELECT of the path's values, latency buckets and how many deliveries are in them. */
  private latencies(): string {
    const { latency } = this.flowParts;
    const slices = latency.slices.map((slice) => this.bucketed(latency, slice));
    return `SELECT ${[...this.steps("'delivered'"), 'bucket', 'amount'].join(', ')}\nFROM (\n${slices.join('\nUNION ALL\n')}\n)`;
  }

  private steps(outcome: string): string[] {
    const { groupBy } = this.flowParts.question;
    return this.flow.path.map((name, level) => {
      const value = name === 'outcome' ? outcome : columns.group(groupBy.indexOf(name));
      return `toString(${value}) AS p${level}`;
    });
  }
}

function numbers(count: number): string {
  return `[${Array.from({ length: count }, (_, index) => index).join(', ')}]`;
}

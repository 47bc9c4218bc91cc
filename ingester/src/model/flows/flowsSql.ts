import { ROLLED } from '../metrics/counters';
import { dimensionOf, foldProvider, OTHER_PROVIDER, type DimensionName } from '../dimensions';
import { rawFilterSql, survivesFolding } from '../filters';
import { bucketSql, quantileSql, QUANTILES } from '../metrics/latency';
import { Params } from '../params';
import type { Filter } from '../schema';
import type { Statement } from '../metrics/sql';
import { withinSql, type TimeRange } from '../standing';

/** A flow question after every default is filled in. */
export interface FlowQuestion {
  readonly range: TimeRange;
  readonly path: readonly DimensionName[];
  readonly value: 'messages' | 'attempts';
  readonly filters: readonly Filter[];
}

/** The node that stands for the values of a level which do not stand for themselves. */
export const OTHER = OTHER_PROVIDER;

const ATTEMPTS = `sum(sign * (record IN ('d', 't') OR (record = 'b' AND bounceCategory != 'message-expired')))`;

const VALUE = { messages: `sum(sign * (record IN ('d', 'b')))`, attempts: ATTEMPTS } as const;

/** A bucket for everything that has no latency. */
const NO_BUCKET = 2 ** 32 - 1;

/** SQL of the largest nodes of each level: rows `level`, `node`, `amount`, at most `limit` of a level, largest first. */
export function nodesSql(question: FlowQuestion, limit: number): Statement {
  const params = new Params();
  const { path, value } = question;
  const nodes = path.map((_, level) => `g${level}`);
  const cells = [
    `SELECT ${path.map((name, level) => `${columnOf(name, question)} AS g${level}`).join(', ')}, ${VALUE[value]} AS amount_`,
    ...from(question, params),
    `GROUP BY ${nodes.join(', ')}`,
  ];
  const sql = [
    'SELECT level, node, sum(amount_) AS amount',
    `FROM (\n${cells.join('\n')}\n)`,
    `ARRAY JOIN ${levels(path.length)} AS level, [${nodes.map((name) => `toString(${name})`).join(', ')}] AS node`,
    'GROUP BY level, node\nHAVING amount > 0',
    `ORDER BY level, amount DESC, node\nLIMIT ${limit} BY level`,
  ];
  return { sql: sql.join('\n'), params: params.values };
}

/**
 * SQL of the links between the levels, where only the named nodes of each level stand for themselves: rows `level` (of
 * the source), `source`, `target`, `value`, `attempts`, `delivered`, `deferrals`, `latencyP95`.
 */
export function linksSql(question: FlowQuestion, named: readonly (readonly string[])[]): Statement {
  const params = new Params();
  const { path, value } = question;
  const nodes = path.map((name, level) => {
    const column = columnOf(name, question);
    return `if(has(${params.add(named[level] ?? [])}, ${column}), ${column}, '${OTHER}') AS g${level}`;
  });
  const keys = path.map((_, level) => `g${level}`);
  const links = keys.slice(1).map((target, level) => [keys[level] ?? '', target] as const);
  // A set's number has a bit for every key that is not in it, the last key's lowest.
  const sets = links.map((_, level) => 2 ** keys.length - 1 - 3 * 2 ** (keys.length - 2 - level));
  const ends = keys.map((key) => `toString(${key})`).join(', ');
  const buckets = [
    `SELECT indexOf([${sets.join(', ')}], grouping(${keys.join(', ')})) - 1 AS level, [${ends}][level + 1] AS source, [${ends}][level + 2] AS target, bucket,`,
    `${VALUE[value]} AS s_value_, ${ATTEMPTS} AS s_attempts_, ${ROLLED.delivered} AS s_delivered_, ${ROLLED.deferrals} AS s_deferrals_`,
    `FROM (\nSELECT ${nodes.join(', ')}, sign, record, bounceCategory, if(record = 'd' AND latency >= 0, ${bucketSql('greatest(latency, 0)')}, ${NO_BUCKET}) AS bucket`,
    ...from(question, params),
    `)\nGROUP BY GROUPING SETS (${links.map((link) => `(${link.join(', ')}, bucket)`).join(', ')})`,
  ];
  const sql = [
    'SELECT level, source, target, sum(s_value_) AS value, sum(s_attempts_) AS attempts, sum(s_delivered_) AS delivered,',
    `sum(s_deferrals_) AS deferrals, arraySort(groupArrayIf((bucket, s_delivered_), bucket != ${NO_BUCKET} AND s_delivered_ > 0)) AS pairs,`,
    'arrayCumSum(arrayMap(pair -> pair.2, pairs)) AS cumulated,',
    `if(empty(pairs), NULL, ${quantileSql(QUANTILES.latencyP95, 'pairs', 'cumulated')}) AS latencyP95`,
    `FROM (\n${buckets.join('\n')}\n)`,
    'GROUP BY level, source, target\nHAVING value > 0',
    'ORDER BY level, value DESC, source, target',
  ];
  const plain = 'level, source, target, value, attempts, delivered, deferrals, latencyP95';
  return { sql: `SELECT ${plain}\nFROM (\n${sql.join('\n')}\n)`, params: params.values };
}

function from({ range, filters }: FlowQuestion, params: Params): string[] {
  const conditions = [
    'role = 0',
    `record IN ('d', 'b', 't')`,
    withinSql([range]),
    ...filters.map((filter) => rawFilterSql(filter, params)),
  ];
  return ['FROM watchtower.events', `WHERE ${conditions.join(' AND ')}`];
}

/** Unlisted providers are one node, unless a filter tells them apart. */
function columnOf(name: DimensionName, { filters }: FlowQuestion): string {
  const column = dimensionOf(name).raw;
  return name === 'provider' && filters.every(survivesFolding) ? foldProvider(column) : column;
}

function levels(count: number): string {
  return `[${Array.from({ length: count }, (_, level) => level).join(', ')}]`;
}

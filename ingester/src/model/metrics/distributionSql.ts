import type { DistributionField } from './distributionQuery';
import { bucketOf } from './latency';
import { partOf, planQuestion, type Part, type Question, type Slice } from './planner';
import type { Family } from './counters';
import { SIZE_EDGES } from './sizes';
import { columns, TableWriter, type Selection, type Statement } from './tableSql';
import { cellsOf, waitingSql } from './waiting';

/** Columns of the answer beside the keys: index of the bucket, 0 below the first edge, and how many values it has. */
export const BIN = 'bin';
export const AMOUNT = 'amount';

/** Whether the buckets that rollups count in tell on which side of an edge a value is. */
const IS_COUNTED = {
  latency: (edge: number) => bucketOf(edge - 1) < bucketOf(edge),
  size: (edge: number) => SIZE_EDGES.includes(edge),
} as const;

/** The families whose tables can answer; latencies and sizes between other edges stand in events alone. */
function familiesOf(field: DistributionField, edges: readonly number[]): Family[] {
  if (field === 'queueAge') return ['waiting', 'open'];
  return [edges.every(IS_COUNTED[field]) ? field : 'latencyMax'];
}

/** The SQL of a distribution, and what it reads. */
export function distributionSql(
  question: Question,
  field: DistributionField,
  edges: readonly number[],
  selection: Selection,
): Statement & { readonly parts: readonly Part[] } {
  const parts = familiesOf(field, edges).map((family) => partOf(question, family));
  const writer = new BinWriter({ ...planQuestion(question), parts }, selection);
  return { sql: writer.distribution(field, edges), params: writer.params.values, parts };
}

class BinWriter extends TableWriter {
  /**
   * Messages that wait at the end of each cell by their age. One of at least the edge's age waits as if it had been
   * queued that much later; what is beyond one edge and not beyond the next is in the bucket between.
   */
  private ages(part: Part, slice: Slice, edges: readonly number[]): string {
    const { from, to, bucketing } = this.plan.question;
    const shifts = [0, ...edges.map((edge) => edge - 1)].join(', ');
    const shifted = `SELECT ${[...this.groups, 'toInt64(number) - 1 AS edge', 'toInt64(q + shift) AS q', 'finish'].join(', ')} FROM (\n${this.intervals(part, slice)}\n) ARRAY JOIN arrayEnumerate([${shifts}]) AS number, [${shifts}] AS shift`;
    const cells = waitingSql(shifted, [...this.groups, 'edge'], cellsOf([from, to], bucketing));
    const keys = [...(bucketing ? [`start AS ${columns.time}`] : []), ...this.groups];
    return `SELECT ${[...keys, `bucket.1 AS ${BIN}`, 'bucket.2 AS n'].join(', ')} FROM (\n${cells}\n) ARRAY JOIN if(edge = 0, [(0, waits)], [(edge, waits), (edge - 1, -waits)]) AS bucket`;
  }

  distribution(field: DistributionField, edges: readonly number[]): string {
    const by = [...this.keys(), BIN];
    const slices = this.plan.parts.flatMap((part) => part.slices.map((slice) => [part, slice] as const));
    const branches = slices.map(([part, slice]) => {
      if (field === 'queueAge') return this.ages(part, slice, edges);
      if (slice.grain !== 'raw') {
        const buckets = field === 'latency' ? edges.map(bucketOf) : edges;
        return this.select(
          part,
          slice,
          [`${binSql('bucket', buckets)} AS ${BIN}`, 'toInt64(sum(n)) AS n'],
          [BIN],
        );
      }
      const condition = field === 'latency' ? "record = 'd' AND latency >= 0" : "record = 'd' AND size > 0";
      const sums = [`${binSql(field, edges)} AS ${BIN}`, 'sum(toInt64(sign)) AS n'];
      return this.select(part, slice, sums, [BIN], condition);
    });
    return [
      `SELECT ${[...by, `sum(n) AS ${AMOUNT}`].join(', ')}`,
      `FROM (\n${branches.join('\nUNION ALL\n')}\n)`,
      `GROUP BY ${by.join(', ')}`,
      `HAVING ${AMOUNT} > 0`,
      `ORDER BY ${by.join(', ')}`,
    ].join('\n');
  }
}

function binSql(value: string, edges: readonly number[]): string {
  return `toUInt8(arrayCount(edge -> ${value} >= edge, [${edges.join(', ')}]))`;
}

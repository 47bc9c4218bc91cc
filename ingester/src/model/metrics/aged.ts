import { rollupSql, type Counter } from './counters';
import type { Plan } from './planner';
import { columns, TableWriter, type Statement } from './tableSql';
import type { TimeRange } from '../standing';

const HOUR = 3600;

/** How events count less with age: half as much for every half-life (s) from the middle of their hour to the end of their window. */
export interface Aging {
  /** Whole hours, none of which overlap. */
  readonly windows: readonly TimeRange[];
  readonly halfLife: number;
}

/** Name of the column of a counter that is weighed by age. */
export function aged(name: Counter): string {
  return `a_${name}`;
}

/**
 * SQL of the counters that a plan by hours names, as they are and weighed by age: rows of `w` (index of the window), `g0 …`,
 * `c_<counter>` and `a_<counter>`; a group may have several rows of a window, to be added up. Hours are weighed as they are
 * read: told apart first, there would be as many rows as jobs and hours.
 */
export function agedSql(plan: Plan, aging: Aging): Statement {
  const writer = new AgedWriter(plan, aging);
  return { sql: writer.statement(), params: writer.params.values };
}

class AgedWriter extends TableWriter {
  private readonly weight: string;

  constructor(plan: Plan, { windows, halfLife }: Aging) {
    const { from, to, metrics, counters = [], groupBy, filters, complaintProviders } = plan.question;
    const question = { from, to, metrics, counters, groupBy, filters, complaintProviders, windows };
    super({ ...plan, question }, {});
    const ends = windows.map(([, end]) => end).join(', ');
    this.weight = `exp2((toUnixTimestamp(time) + ${HOUR / 2} - [${ends}][${columns.window} + 1]) / ${halfLife})`;
  }

  statement(): string {
    const asked = this.plan.question.counters ?? [];
    const branches = this.plan.parts.flatMap((part) => {
      const own = (counter: Counter, sql: string) => (part.counters.includes(counter) ? sql : '0');
      const told = asked.flatMap((counter) => [
        `${own(counter, rollupSql(counter))} AS ${columns.counter(counter)}`,
        `${own(counter, rollupSql(counter, this.weight))} AS ${aged(counter)}`,
      ]);
      return part.slices.map((slice) => this.select(part, slice, told));
    });
    return branches.join('\nUNION ALL\n');
  }
}

import { counterSql, type Counter } from './counters';
import type { DimensionName } from '../dimensions';
import { filterColumn, filterSql, survivesFolding } from '../filters';
import { bucketOf } from './latency';
import { withPrefix } from '../params';
import { partitioned } from '../partitioned';
import { partOf, type Part, type Question, type Slice } from './planner';
import type { Filter } from '../schema';
import { foldsProviders } from './sources';
import { columns, TableWriter, type Statement } from './tableSql';

/** A grouping of a tally: by at most two dimensions, of the mail that `where` lets through beside the tally's filters. */
export interface Grouping {
  readonly by: readonly DimensionName[];
  readonly where: readonly Filter[];
}

/** Counters that a tally can tell; those of what is reported are at the providers that send complaints. */
export type TalliedCounter = Extract<
  Counter,
  | ('delivered' | 'bounced' | 'expired' | 'deferrals' | 'hardBounced' | 'blocked')
  | ('reportedDelivered' | 'reportedComplaints')
>;

/** Several groupings of the same mail, told by window. */
export interface Tally extends Required<Pick<Question, 'windows'>> {
  readonly filters: readonly Filter[];
  readonly complaintProviders: readonly string[];
  readonly counters: readonly TalliedCounter[];
  /** Seconds from which on a delivery is slow, an edge of counted latencies: `slow` and `timed` are told then. */
  readonly slowFrom?: number | undefined;
  readonly groupings: readonly Grouping[];
}

/** Names of the values of a tally that stand for no counter. */
export const SLOW = 'slow';
export const TIMED = 'timed';

/** The counters of all mail that those of providers which report are told from. */
const REPORTED: Readonly<Partial<Record<TalliedCounter, Counter>>> = {
  reportedDelivered: 'delivered',
  reportedComplaints: 'complaints',
};

/**
 * SQL of a tally, and what it reads: rows of `w`, `s` (index of the grouping), `v0` and `v1`, `c_<counter>`, `slow` and
 * `timed`. A group may have several rows, to be added up. Every table is read once for all groupings that it answers:
 * within a day, analysing a statement for each takes longer than reading what all of them need.
 */
export function tallySql(tally: Tally): Statement & { readonly parts: readonly Part[] } {
  const branches = [
    ...partitioned(tally.groupings.map(numbered), (grouping) => foldingOf(tally, grouping)),
  ].flatMap(([folding, groupings]) => [
    ...(tally.counters.length > 0 ? counted(tally, groupings, folding === 'folded') : []),
    ...(tally.slowFrom === undefined ? [] : timed(tally, groupings, folding === 'folded', tally.slowFrom)),
  ]);
  const renamed = branches.map((branch, index) => withPrefix(branch, `b${index}_`));
  return {
    sql: renamed.map(({ sql }) => sql).join('\nUNION ALL\n'),
    params: Object.assign({}, ...renamed.map(({ params }) => params)) as Statement['params'],
    parts: branches.flatMap(({ part }) => part),
  };
}

interface Numbered extends Grouping {
  readonly index: number;
}

function numbered(grouping: Grouping, index: number): Numbered {
  return { ...grouping, index };
}

interface Branch extends Statement {
  readonly part: Part;
}

/**
 * Whether a grouping has unlisted providers as one, as the crossings have them; else it has them as they are named, or a
 * filter asks for what the crossings do not tell apart. Groupings that differ in this cannot be read from one table.
 */
function foldingOf({ filters }: Tally, { by, where }: Grouping): 'folded' | 'named' | 'filtered' {
  const all = [...filters, ...where];
  if (!all.every(survivesFolding)) return 'filtered';
  return !by.includes('provider') || foldsProviders(by, all) ? 'folded' : 'named';
}

function counted(tally: Tally, groupings: readonly Numbered[], folded: boolean): Branch[] {
  const isReporting = tally.counters.some((counter) => REPORTED[counter]);
  const reporters: Filter = { dimension: 'provider', operator: 'in', values: [...tally.complaintProviders] };
  const read = [...new Set(tally.counters.map((counter) => REPORTED[counter] ?? counter))];
  const questionFor = (own: readonly Numbered[]) => questionOf(tally, own, isReporting ? ['provider'] : []);
  const held = (own: readonly Numbered[]): Reading => {
    const question = questionFor(own);
    return { own, question, part: partFor(question, own, 'counts', folded, isReporting ? [reporters] : []) };
  };
  const together = held(groupings);
  // Over days a table with all dimensions is long: each grouping is read from the shortest that holds it.
  const isLong = together.part.slices.some(({ grain }) => grain === 'day');
  const readings = isLong
    ? byTable(
        groupings.map((grouping) => held([grouping])),
        questionFor,
      )
    : [together];
  return readings.map(({ own, question, part }) => {
    const writer = new TallyWriter(question, part, folded, own);
    const provider = columns.group(question.groupBy.indexOf('provider'));
    const reports = isReporting ? filterSql(reporters, provider, writer.params) : '0';
    const told = tally.counters.map((counter) => {
      const base = REPORTED[counter];
      return `${base ? `if(${reports}, n_${base}, 0)` : `n_${counter}`} AS ${columns.counter(counter)}`;
    });
    const branches = part.slices.map((slice) =>
      writer.rows(
        slice,
        read.map((counter) => `${counterSql(counter, slice.grain)} AS n_${counter}`),
      ),
    );
    return writer.branch(branches, [...told, `0 AS ${SLOW}`, `0 AS ${TIMED}`]);
  });
}

/** The rollups of latencies know few dimensions together: groupings are read from the one that holds them, else from events. */
function timed(tally: Tally, groupings: readonly Numbered[], folded: boolean, slowFrom: number): Branch[] {
  const held = groupings.map((grouping): Reading => {
    const question = questionOf(tally, [grouping]);
    return { own: [grouping], question, part: partFor(question, [grouping], 'latency', folded) };
  });
  const zeros = tally.counters.map((counter) => `0 AS ${columns.counter(counter)}`);
  return byTable(held, (own) => questionOf(tally, own)).map(({ own, question, part }) => {
    const writer = new TallyWriter(question, part, folded, own);
    const branches = part.slices.map((slice) =>
      slice.grain === 'raw'
        ? writer.rows(
            slice,
            [`sum(sign * (latency >= ${slowFrom})) AS n_slow`, 'sum(sign) AS n_timed'],
            "record = 'd' AND latency >= 0",
          )
        : writer.rows(slice, [`sumIf(n, bucket >= ${bucketOf(slowFrom)}) AS n_slow`, 'sum(n) AS n_timed']),
    );
    return writer.branch(branches, [...zeros, `n_slow AS ${SLOW}`, `n_timed AS ${TIMED}`]);
  });
}

/** What is read of a part for some groupings: by a question with the dimensions of all of them. */
interface Reading {
  readonly own: readonly Numbered[];
  readonly question: Question;
  readonly part: Part;
}

/** Those that are read from the same rollup together, and so the events of the same ranges, once for all of them. */
function byTable(held: readonly Reading[], questionOf: (own: readonly Numbered[]) => Question): Reading[] {
  const isRaw = ({ grain }: Slice) => grain === 'raw';
  const tableOf = ({ part: { slices } }: Reading) =>
    JSON.stringify(slices.flatMap((slice) => (isRaw(slice) ? [] : [slice.table.name, slice.table.part])));
  const rangesOf = ({ part: { slices } }: Reading) =>
    JSON.stringify(slices.flatMap((slice) => (isRaw(slice) ? slice.ranges : [])));
  const read = (together: Map<string, Reading[]>, wanted: (slice: Slice) => boolean) =>
    [...together.values()].flatMap((readings): Reading[] => {
      // The slices are those of one of them, the columns are told for all.
      const [first] = readings;
      const slices = first?.part.slices.filter(wanted) ?? [];
      if (!first || slices.length === 0) return [];
      const own = readings.flatMap((each) => each.own);
      return [{ own, question: questionOf(own), part: { ...first.part, slices } }];
    });
  return [
    ...read(partitioned(held, tableOf), (slice) => !isRaw(slice)),
    ...read(partitioned(held, rangesOf), isRaw),
  ];
}

/** The question that has the dimensions of all these groupings. */
function questionOf(
  { windows, filters, complaintProviders }: Tally,
  groupings: readonly Grouping[],
  more: readonly DimensionName[] = [],
): Question {
  const used = groupings.flatMap(({ by, where }) => [
    ...by,
    ...where.map(({ dimension }) => dimension as DimensionName),
  ]);
  return {
    from: Math.min(...windows.map(([from]) => from)),
    to: Math.max(...windows.map(([, to]) => to)),
    windows,
    metrics: [],
    groupBy: [...new Set([...used, ...more])],
    filters,
    complaintProviders,
  };
}

/** How these groupings are read: what they ask for decides the table, and the tally's filters alone what is read of it. */
function partFor(
  question: Question,
  groupings: readonly Grouping[],
  family: 'counts' | 'latency',
  folded: boolean,
  more: readonly Filter[] = [],
): Part {
  const all = [...question.filters, ...groupings.flatMap(({ where }) => where), ...more];
  return { ...partOf({ ...question, filters: all }, family, [], folded), filters: question.filters };
}

/** Writes what is read of one part: rows of all its dimensions, of which each goes into the groupings that it belongs to. */
class TallyWriter extends TableWriter {
  constructor(
    question: Question,
    private readonly part: Part,
    folded: boolean,
    private readonly groupings: readonly Numbered[],
  ) {
    super({ question, counters: [], presence: [], parts: [part], folded }, {});
  }

  rows(slice: Slice, values: string[], condition?: string): string {
    const conditions = [condition, this.meant(slice)].filter((each) => each !== undefined);
    return this.select(
      this.part,
      slice,
      values,
      [],
      conditions.length > 0 ? conditions.join(' AND ') : undefined,
    );
  }

  /** The rows that belong to any grouping; undefined where one takes all. */
  private meant(slice: Slice): string | undefined {
    const wheres = [...partitioned(this.groupings, ({ where }) => JSON.stringify(where)).values()].map(
      ([grouping]) => grouping?.where ?? [],
    );
    if (wheres.some(({ length }) => length === 0)) return undefined;
    return `(${wheres.map((where) => this.filtered(where, slice).join(' AND ')).join(' OR ')})`;
  }

  branch(rows: readonly string[], values: readonly string[]): Branch {
    const told = [columns.window, 'place.1 AS s', 'place.2 AS v0', 'place.3 AS v1', ...values];
    return {
      sql: `SELECT ${told.join(', ')}\nFROM (\n${rows.join('\nUNION ALL\n')}\n) ARRAY JOIN ${this.places()} AS place`,
      params: this.params.values,
      part: this.part,
    };
  }

  private places(): string {
    const places = this.groupings.map(({ by, where, index }) => {
      const values = [by[0], by[1]].map((name) =>
        name === undefined ? "''" : `toString(${this.column(name)})`,
      );
      const conditions = where.map((filter) =>
        filterSql(filter, filterColumn(filter, this.column(filter.dimension)), this.params),
      );
      const named = by.map((name) => `${this.column(name)} != ''`);
      const place = `[(toUInt8(${index}), ${values.join(', ')})]`;
      const all = [...conditions, ...named];
      return all.length === 0 ? place : `if(${all.join(' AND ')}, ${place}, [])`;
    });
    return places.length === 1 ? (places[0] ?? '[]') : `arrayConcat(${places.join(', ')})`;
  }

  private column(dimension: string): string {
    return columns.group(this.plan.question.groupBy.indexOf(dimension as DimensionName));
  }
}

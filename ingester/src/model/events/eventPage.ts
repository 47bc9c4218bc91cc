import { eventCell, eventColumn, type EventColumn } from './eventColumns';
import type { EventPosition } from './eventsQuery';
import { rawFiltersSql } from '../filters';
import type { Json, Value } from '../frames';
import { placesOf } from '../lookups';
import { Params } from '../params';
import type { Filter } from '../schema';
import type { Statement } from '../metrics/tableSql';
import { standingEvents, type TimeRange } from '../standing';

/** What a page of events is to hold. Columns are names of `eventColumns` or `header:<name>`. */
export interface PageWish {
  readonly columns: readonly string[];
  readonly filters: readonly Filter[];
  readonly descending: boolean;
  /** Only events beyond this one. */
  readonly after?: EventPosition | undefined;
}

/** An event as it is listed: its place in the order and a cell per column. */
export interface ListedEvent extends EventPosition {
  readonly cells: readonly (Value | Json)[];
}

/** A row of `pageSql`: its place and the cells `c0`, `c1`, … */
export type ListedRow = Readonly<Record<`c${number}`, Value | Json>> & {
  readonly at: number;
  readonly file: number;
  readonly line: number;
};

/** SQL of the first `limit` events of the ranges in the order of (time, file, line). */
export function pageSql(wish: PageWish, ranges: readonly TimeRange[], limit: number): Statement {
  const params = new Params();
  const direction = wish.descending ? 'DESC' : 'ASC';
  const columns = wish.columns.map((name, index) => `${eventColumn(name, params).sql} AS c${index}`);
  const conditions = [...rawFiltersSql(wish.filters, params), ...placesOf(wish.filters, ranges, params)];
  if (wish.after) conditions.push(beyond(wish.after, wish.descending));
  const sql = [
    `SELECT ${['toUnixTimestamp(time) AS at', 'file', 'line', ...columns].join(', ')}`,
    standingEvents(conditions, ranges),
    `ORDER BY time ${direction}, file ${direction}, line ${direction}`,
    `LIMIT ${limit}`,
  ].join('\n');
  return { sql, params: params.values };
}

function beyond({ time, file, line }: EventPosition, descending: boolean): string {
  return `(toUnixTimestamp(time), file, line) ${descending ? '<' : '>'} (${time}, ${file}, ${line})`;
}

/** The definitions of a page's columns. */
export function columnsOf(names: readonly string[]): EventColumn[] {
  return names.map((name) => eventColumn(name, new Params()));
}

/** Rows of `pageSql` as listed events. */
export function listed(rows: readonly ListedRow[], columns: readonly EventColumn[]): ListedEvent[] {
  return rows.map((row) => ({
    time: row.at,
    file: row.file,
    line: row.line,
    cells: columns.map(({ kind }, index) => eventCell(kind, row[`c${index}`])),
  }));
}

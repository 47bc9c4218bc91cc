/** A half-open range of event times, in epoch seconds. */
export type TimeRange = readonly [from: number, to: number];

/** SQL of `time` being in one of the ranges. */
export function withinSql(ranges: readonly TimeRange[]): string {
  const each = ranges.map(([from, to]) => `time >= ${instant(from)} AND time < ${instant(to)}`);
  return each.length === 1 ? (each[0] ?? '0') : `(${each.map((range) => `(${range})`).join(' OR ') || '0'})`;
}

/**
 * SQL of what follows SELECT where rows are listed instead of added up: the counted events of the ranges that stand,
 * each once. A row that was taken back is still there beside its -1 twin until the engine merges the two; both have
 * the same time, and the index on `sign` skips whatever was never corrected.
 */
export function standingEvents(where: readonly string[], ranges: readonly TimeRange[]): string {
  const within = withinSql(ranges);
  const withdrawn = `SELECT file, line, ver FROM watchtower.events WHERE sign = -1 AND role = 0 AND ${within}`;
  const conditions = ['role = 0', 'sign = 1', within, ...where, `(file, line, ver) NOT IN (${withdrawn})`];
  return `FROM watchtower.events\nWHERE ${conditions.join(' AND ')}`;
}

/** SQL of the id by which an event can be asked for: it is `<file>-<line>`, and stays while the event stands. */
export const EVENT_ID = "concat(toString(file), '-', toString(line))";

/** SQL of an instant in epoch seconds. */
export function instant(seconds: number): string {
  return `toDateTime(${seconds}, 'UTC')`;
}

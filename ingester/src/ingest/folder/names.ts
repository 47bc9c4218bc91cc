import { isAbsolute, relative, sep } from 'node:path';

/** `plain`: a log that may still be written; `packed`: an archive, complete once it is there. */
export type Kind = 'plain' | 'packed';

/** Sub-folders of the drop folder that the service itself fills. */
export const DONE = '.done';
export const FAILED = '.failed';

/** What a file name promises; undefined for names that are left alone. */
export function kindOf(name: string): Kind | undefined {
  if (/\.csv$/i.test(name)) return 'plain';
  if (/\.(gz|zip)$/i.test(name)) return 'packed';
  return undefined;
}

/** Names that are never looked at: dot files and dot folders. */
export function isHidden(name: string): boolean {
  return name.startsWith('.');
}

/** Whether the drop folder looks at a path by itself: below it, nothing hidden on the way, a log's name. */
export function isWatched(folder: string, path: string): boolean {
  const steps = relative(folder, path).split(sep);
  return !steps.some(isHidden) && !isAbsolute(steps.join(sep)) && kindOf(steps.at(-1) ?? '') !== undefined;
}

/** The node a file comes from: its first-level sub-folder, '' for a file in the drop folder itself. */
export function nodeOf(folder: string, path: string): string {
  const steps = relative(folder, path).split(sep);
  return steps.length > 1 ? (steps[0] as string) : '';
}

/** A log's name without its date and sequence number, and those as numbers to compare. */
export interface Series {
  key: string;
  order: number[];
}

/**
 * Which series of rotated logs a name belongs to: `acct-2026-09-15-0003.csv` is number [2026, 9, 15, 3] of `acct.csv`.
 * Digits elsewhere in the name (of a host, say) belong to the series.
 */
export function seriesOf(name: string): Series {
  const stem = name.replace(/\.[^.]*$/, '');
  const match = /^(.*?)[-_.]?((?:\d{4}-\d\d-\d\d|\d{8,14})(?:[-_.T]?\d+)*|(?<!\d)\d+)$/.exec(stem);
  if (!match) return { key: name, order: [] };
  const numbers = match[2] as string;
  return { key: match[1] + name.slice(stem.length), order: numbers.split(/\D+/).map(Number) };
}

/** True when `other` comes after `name` in the same series; names without date and number are not compared. */
export function isLaterInSeries(name: Series, other: Series): boolean {
  if (name.key !== other.key || name.order.length === 0) return false;
  for (let i = 0; i < Math.max(name.order.length, other.order.length); i++) {
    const difference = (other.order[i] ?? -1) - (name.order[i] ?? -1);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

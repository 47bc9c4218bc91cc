import type { LogFile } from './types';

/**
 * The files of the query with what was heard of them since: `heard` takes the place of what the query said, new ones stand on top,
 * those that are gone are left out.
 */
export function merged(
  asked: readonly LogFile[],
  heard: ReadonlyMap<string, LogFile>,
  gone: ReadonlySet<string>
): readonly LogFile[] {
  const known = new Set(asked.map(({ id }) => id));
  const added = [...heard.values()].filter(({ id }) => !known.has(id));
  added.sort((a, b) => (b.queuedAt ?? 0) - (a.queuedAt ?? 0) || compare(b.id, a.id));
  return [...added, ...asked.map((file) => heard.get(file.id) ?? file)].filter(({ id }) => !gone.has(id));
}

const { compare } = new Intl.Collator('en', { numeric: true });

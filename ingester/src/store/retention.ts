import { RETAINED } from './engines';
import type { Store } from './store';

/** How long the store keeps what, in days; unset: for ever. */
export interface Retention {
  readonly rawDays?: number | undefined;
  readonly rollupDays?: number | undefined;
}

/**
 * Raw events are deleted this many days after they were closed to changes: whatever may still be corrected has all its
 * copies in the store, also where a commit is repeated after a crash.
 */
const GRACE_DAYS = 1;

const DAY = 86_400;

/**
 * Moment (epoch s) before which the figures are closed: what happened earlier is neither added nor taken back, because
 * its events may have been deleted. 0 where events are kept for ever.
 */
export function rawEdge({ rawDays }: Retention): number {
  return edge(rawDays);
}

/** Moment (epoch s) before which rollups may have been deleted; 0 where they are kept for ever. */
export function rollupEdge({ rollupDays }: Retention): number {
  return edge(rollupDays);
}

function edge(days: number | undefined): number {
  return days === undefined ? 0 : Math.max(0, Math.floor(Date.now() / 1000) - days * DAY);
}

/** Gives the tables the TTLs that the settings ask for, and takes those away that they no longer ask for. */
export async function applyRetention(
  store: Pick<Store, 'read' | 'write'>,
  { rawDays, rollupDays }: Retention,
): Promise<void> {
  const wanted = [
    ...RETAINED.raw.map((table) => ({ table, days: rawDays && rawDays + GRACE_DAYS })),
    // A lookup may know more than there is, never less.
    ...RETAINED.lookup.map((table) => ({ table, days: rawDays && rawDays + GRACE_DAYS + 1 })),
    ...RETAINED.rollup.map((table) => ({ table, days: rollupDays })),
  ];
  const tables = await store.read<{ name: string; days: string }>(
    `SELECT name, extract(create_table_query, 'TTL time \\\\+ toIntervalDay\\\\((\\\\d+)\\\\)') AS days FROM system.tables WHERE database = 'watchtower'`,
  );
  for (const { table, days } of wanted) {
    const current = tables.find(({ name }) => name === table)?.days ?? '';
    if (current === String(days ?? '')) continue;
    await store.write(
      `ALTER TABLE watchtower.${table} ${days === undefined ? 'REMOVE TTL' : `MODIFY TTL time + INTERVAL ${days} DAY`}`,
    );
  }
}

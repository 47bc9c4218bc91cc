import { RETAINED } from './engines';
import type { Store } from './store';

/** How long the store keeps what, in days; unset: for ever. */
export interface Retention {
  readonly rawDays?: number | undefined;
  readonly rollupDays?: number | undefined;
  /** Moment (epoch s) before which events may be gone because fewer days were set once; the store knows it. */
  readonly closedUntil?: number | undefined;
}

/**
 * Raw events are deleted this many days after they were closed to changes: whatever may still be corrected has all its
 * copies in the store, also where a commit is repeated after a crash.
 */
const GRACE_DAYS = 1;

/** The table of events. */
const RAW = RETAINED.raw[0];

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * Moment (epoch s, a full hour) before which the figures are closed: what happened earlier is neither added nor taken
 * back, because its events may have been deleted. 0 where events are kept for ever, and always were.
 */
export function rawEdge({ rawDays, closedUntil = 0 }: Retention): number {
  return Math.max(startOfHour(edge(rawDays)), closedUntil);
}

/** Moment (epoch s) before which rollups may have been deleted; 0 where they are kept for ever. */
export function rollupEdge({ rollupDays }: Retention): number {
  return edge(rollupDays);
}

function edge(days: number | undefined): number {
  return days === undefined ? 0 : Math.max(0, Math.floor(Date.now() / 1000) - days * DAY);
}

function startOfHour(epoch: number): number {
  return epoch - (epoch % HOUR);
}

/**
 * Gives the tables the TTLs that the settings ask for, and takes those away that they no longer ask for. What was closed
 * by a shorter setting stays closed: the retention that is answered says until when.
 */
export async function applyRetention(
  store: Pick<Store, 'read' | 'write'>,
  { rawDays, rollupDays }: Retention,
): Promise<Retention> {
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
    if (current !== '' && table === RAW)
      await keepClosed(store, rawEdge({ rawDays: Number(current) - GRACE_DAYS }));
    await store.write(
      `ALTER TABLE watchtower.${table} ${days === undefined ? 'REMOVE TTL' : `MODIFY TTL time + INTERVAL ${days} DAY`}`,
    );
  }
  const [closed] = await store.read<{ until: number }>(
    'SELECT toUInt32(max(c.until)) AS until FROM watchtower.closed AS c',
  );
  return { rawDays, rollupDays, closedUntil: closed?.until ?? 0 };
}

/**
 * Notes that what was counted before a moment (epoch s) stays closed. Hours after the last one of it are open again:
 * nothing of them was ever deleted.
 */
async function keepClosed(store: Pick<Store, 'read' | 'write'>, until: number): Promise<void> {
  await store.write(
    `INSERT INTO watchtower.closed (until) SELECT toStartOfHour(max(t.time)) + ${HOUR} FROM watchtower.totals_minute AS t
     WHERE t.time < fromUnixTimestamp(${until}) HAVING count() > 0 SETTINGS async_insert = 0`,
  );
}

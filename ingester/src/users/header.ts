import type { Store } from '../store';
import { literal } from '../store';

const VIEW = 'watchtower.header_users_view';

/**
 * Learns the users of jobs from a custom header, of the events that are there and of those that come; undefined learns
 * none. To be called before anything is committed. The view is made last, so that a start that was interrupted begins
 * again; a header that stays the same costs nothing.
 */
export async function followHeader(
  store: Pick<Store, 'read' | 'write'>,
  header: string | undefined,
): Promise<void> {
  const comment = header === undefined ? '' : `header ${header}`;
  const [view] = await store.read<{ comment: string }>(
    `SELECT comment FROM system.tables WHERE database = 'watchtower' AND name = 'header_users_view'`,
  );
  if ((view?.comment ?? '') === comment) return;
  await store.write(`DROP TABLE IF EXISTS ${VIEW} SYNC`);
  await store.write('TRUNCATE TABLE watchtower.header_users');
  if (header === undefined) return;
  const named = `headers[${literal(header)}]`;
  const select = `SELECT toStartOfHour(e.time) AS time, job, toLowCardinality(${named}) AS user, sum(toInt64(sign)) AS events
    FROM watchtower.events AS e WHERE role = 0 AND job != '' AND ${named} != '' GROUP BY time, job, user`;
  await store.write(
    `INSERT INTO watchtower.header_users (time, job, user, events) ${select} SETTINGS async_insert = 0, insert_deduplicate = 0, max_partitions_per_insert_block = 0`,
  );
  await store.write(
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${VIEW} TO watchtower.header_users AS ${select} COMMENT ${literal(comment)}`,
  );
}

import { createHash } from 'node:crypto';
import type { BACKFILL } from '../model';
import type { ReadOptions, Store } from '../store';
import { covers, type Episode } from './episodes';
import { keyOf, type Entity } from './firings';
import type { Kind } from './rules';

/** What has become of an incident. */
export type IncidentState = 'provisional' | 'open' | 'closed' | 'retracted';

/** An incident as the store keeps it. Times of events are epoch seconds, moments of the clock epoch ms (0: not yet). */
export interface IncidentRecord {
  id: string;
  kind: Kind | typeof BACKFILL;
  severity: string;
  state: IncidentState;
  provider: string;
  domain: string;
  vmta: string;
  pool: string;
  job: string;
  sender: string;
  node: string;
  start: number;
  finish: number;
  opened: number;
  detected: number;
  settled: number;
  historical: number;
  sentence: string;
  rate: number | null;
  baseline: number | null;
  waiting: number | null;
  attempts: number | null;
  symptomOf: string;
  /** What most of it belongs to, empty where nothing has half of it. */
  mostlyJob: string;
  mostlySender: string;
  mostlyIp: string;
  /** What stands behind it, with shares: `Behind` values as JSON. */
  behind: string;
}

const COLUMNS = [
  ...([
    'id',
    'kind',
    'severity',
    'state',
    'provider',
    'domain',
    'vmta',
    'pool',
    'job',
    'sender',
    'node',
  ] as const),
  ...(['start', 'finish', 'opened', 'detected', 'settled', 'historical', 'sentence'] as const),
  ...(['rate', 'baseline', 'waiting', 'attempts', 'symptomOf'] as const),
  ...(['mostlyJob', 'mostlySender', 'mostlyIp', 'behind'] as const),
];

/** The incidents as they were last written: all of them, or those for which a condition on `i` holds. */
export async function readIncidents(
  store: Pick<Store, 'read'>,
  where = '1',
  options?: ReadOptions,
): Promise<IncidentRecord[]> {
  const columns = COLUMNS.map((name) =>
    name === 'start' || name === 'finish' ? `toUnixTimestamp(i.${name}) AS ${name}` : `i.${name} AS ${name}`,
  );
  const sql = `SELECT ${columns.join(', ')} FROM watchtower.incidents AS i FINAL WHERE ${where}`;
  return store.read<IncidentRecord>(sql, options);
}

/** Writes what changed. The version grows with every call, whatever the clock does. */
export async function writeIncidents(
  store: Pick<Store, 'append'>,
  records: readonly IncidentRecord[],
  version: number,
): Promise<void> {
  await store.append(
    'incidents',
    records.map((record) => ({ ...record, version })),
  );
}

/** What an incident is about, as it is kept. */
export function entityOf(record: IncidentRecord): Entity {
  return Object.fromEntries(
    (['provider', 'vmta', 'pool', 'job', 'sender', 'node'] as const)
      .filter((part) => record[part] !== '' || (part === 'node' && NODE_KINDS.has(record.kind)))
      .map((part) => [part, record[part]]),
  );
}

const NODE_KINDS: ReadonlySet<string> = new Set<Kind>(['logs_stopped', 'ingest_failure']);

/** The id of an incident that is new: kind, entity and first window. */
export function newId({ kind, entity, start }: Episode): string {
  const hash = createHash('sha256').update(`${kind}\n${keyOf(entity)}\n${start}`);
  return `${kind.replace(/_/g, '-')}-${hash.digest('hex').slice(0, 12)}`;
}

/**
 * Which known incident each episode goes on with: one of the same kind and entity, or of one that it covers or is
 * covered by, that is no further from it than a re-fire may be. The one that was known first gives its id.
 */
export function matched(
  episodes: readonly Episode[],
  known: readonly IncidentRecord[],
  near: number,
): Map<Episode, IncidentRecord> {
  const found = new Map<Episode, IncidentRecord>();
  const free = new Set(
    [...known].sort((a, b) => a.detected - b.detected || a.start - b.start || (a.id < b.id ? -1 : 1)),
  );
  const touches = (episode: Episode, { start, finish }: IncidentRecord) =>
    episode.start - finish <= near && start - episode.end <= near;
  const ways: ((episode: Episode, record: IncidentRecord) => boolean)[] = [
    ({ entity, absorbed }, record) => {
      const key = keyOf(entityOf(record));
      return key === keyOf(entity) || absorbed.includes(key);
    },
    (episode, record) => {
      const other = { kind: record.kind, entity: entityOf(record) };
      return covers(episode, other) || covers(other, episode);
    },
  ];
  for (const isSame of ways)
    for (const episode of episodes) {
      if (found.has(episode)) continue;
      for (const record of free) {
        if (record.kind !== episode.kind || !touches(episode, record) || !isSame(episode, record)) continue;
        found.set(episode, record);
        free.delete(record);
        break;
      }
    }
  return found;
}

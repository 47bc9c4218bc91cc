import { isDeferral } from './deferrals';
import type { Episode } from './episodes';
import type { Reader } from './reads';

/** What can stand behind an incident. */
const PARTS = ['job', 'sender', 'sourceIp'] as const;

/** Name of such a dimension. */
type Part = (typeof PARTS)[number];

/** A value that has a part in what is wrong: its dimension, itself, and its share, 0 to 1. */
export type Behind = readonly [part: Part, value: string, share: number];

/** What most of what is wrong belongs to; none of it where nothing has half. */
export type Mostly = Readonly<Partial<Record<Part, string>>>;

/** A value that at least this share of what is wrong belongs to is named; one that has the most of it is named in its sentence. */
const LEAST = 0.1;
const MOST = 0.5;

/** Values of each dimension that are named. */
const NAMED = 3;

/** Seconds before a silence whose mail is what is silent. */
const BEFORE_SILENCE = 7200;

/**
 * The jobs, senders and source IPs that what is wrong in an episode belongs to, those with most of it first. They are
 * counted in the single events of its time; kinds that are not told from events give nothing.
 */
export async function behindOf(store: Reader, episode: Episode): Promise<Behind[]> {
  const asked = questionOf(episode);
  if (!asked) return [];
  const { conditions, params } = asked;
  const parts = PARTS.filter((part) => part !== 'job' || episode.entity.job === undefined);
  const pairs = parts.map((part) => `('${part}', toString(${part}))`).join(', ');
  const rows = await store.read<{ part: Part; value: string; share: number }>(
    `SELECT part, value, round(n / all, 4) AS share FROM (
       SELECT part, value, n, sum(n) OVER (PARTITION BY part) AS all FROM (
         SELECT pair.1 AS part, pair.2 AS value, sum(sign) AS n FROM watchtower.events ARRAY JOIN [${pairs}] AS pair
         WHERE role = 0 AND ${conditions.join(' AND ')} GROUP BY part, value HAVING n > 0
       )
     ) WHERE value != '' AND n >= ${LEAST} * all ORDER BY indexOf({parts:Array(String)}, part), n DESC, value LIMIT ${NAMED} BY part`,
    { params: { ...params, parts: PARTS } },
  );
  return rows.map(({ part, value, share }) => [part, value, share]);
}

/** What most of it belongs to. */
export function mostlyOf(behind: readonly Behind[]): Mostly {
  return Object.fromEntries(
    [...behind]
      .reverse()
      .filter(([, , share]) => share >= MOST)
      .map(([part, value]) => [part, value]),
  );
}

interface Question {
  readonly conditions: readonly string[];
  readonly params: Readonly<Record<string, string>>;
}

function questionOf(episode: Episode): Question | undefined {
  const { kind, entity, pool, start, end, firings } = episode;
  const { provider = '', vmta = '', job = '', sender = '' } = entity;
  const within = (from: number, to: number) =>
    `time >= toDateTime(${from}, 'UTC') AND time < toDateTime(${to}, 'UTC')`;
  const time = within(start, end);
  const atProvider = `if(position(provider, '.') > 0, 'other', toString(provider)) = {provider:String}`;
  if (isDeferral(kind))
    return {
      conditions: [
        `record = 't'`,
        atProvider,
        ...(entity.vmta !== undefined ? ['vmta = {vmta:String}'] : []),
        ...(entity.vmta === undefined && pool !== undefined ? ['pool = {pool:String}'] : []),
        time,
      ],
      params: { provider, vmta, pool: pool ?? '' },
    };
  const ofMailing =
    entity.job === undefined ? `job = '' AND senderDomain = {sender:String}` : 'job = {job:String}';
  switch (kind) {
    case 'bounce_spike':
      return {
        conditions: [`record = 'b' AND bounceClass = 'hard'`, ofMailing, time],
        params: { job, sender },
      };
    case 'complaint_spike':
      return { conditions: [`record = 'f'`, ofMailing, time], params: { job, sender } };
    case 'latency_anomaly': {
      const usual = Math.max(0, ...firings.map(({ baseline = 0 }) => baseline));
      return { conditions: [`record = 'd' AND latency > ${usual}`, atProvider, time], params: { provider } };
    }
    case 'vmta_dark':
      return {
        conditions: [
          `record IN ('d', 'b', 't')`,
          'vmta = {vmta:String}',
          within(start - BEFORE_SILENCE, start),
        ],
        params: { vmta },
      };
    case 'new_reason': {
      const reason = firings.at(-1)?.detail ?? '';
      return {
        conditions: [`record IN ('b', 't')`, 'reason = {reason:String}', atProvider, time],
        params: { provider, reason },
      };
    }
    case 'success_floor':
      return { conditions: [`record IN ('b', 't')`, atProvider, time], params: { provider } };
    case 'logs_stopped':
    case 'ingest_failure':
      return undefined;
  }
}

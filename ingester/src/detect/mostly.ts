import { isDeferral } from './deferrals';
import type { Episode } from './episodes';
import type { Reader } from './reads';

/** A job, sender or IP that at least this share of what is wrong belongs to is named. */
const MOST = 0.5;

/** What most of an episode's deferrals, hard bounces or complaints belong to, and who owns the job; none of it where nothing has half. */
export interface Mostly {
  readonly job?: string;
  readonly user?: string;
  readonly sender?: string;
  readonly sourceIp?: string;
}

/** Looks into the events of an episode. Kinds that are not told from single events give nothing. */
export async function mostlyOf(store: Reader, episode: Episode): Promise<Mostly> {
  const asked = questionOf(episode);
  if (!asked) return {};
  const { parts, conditions, params } = asked;
  const pairs = parts.map((part) => `('${part}', toString(${part}))`).join(', ');
  const rows = await store.read<{ part: keyof Mostly; value: string; n: number; all: number }>(
    `SELECT part, value, n, sum(n) OVER (PARTITION BY part) AS all FROM (
       SELECT pair.1 AS part, pair.2 AS value, sum(sign) AS n FROM watchtower.events ARRAY JOIN [${pairs}] AS pair
       WHERE role = 0 AND ${conditions.join(' AND ')} GROUP BY part, value
     ) ORDER BY n DESC, value LIMIT 1 BY part`,
    { params },
  );
  const found: Mostly = Object.fromEntries(
    rows
      .filter(({ value, n, all }) => value !== '' && n >= MOST * all)
      .map(({ part, value }) => [part, value]),
  );
  if (found.job === undefined) return found;
  const [owner] = await store.read<{ user: string }>(
    'SELECT u.user AS user FROM watchtower.users AS u WHERE u.job = {job:String}',
    { params: { job: found.job } },
  );
  return { ...found, ...(owner && { user: owner.user }) };
}

interface Question {
  readonly parts: readonly (keyof Mostly)[];
  readonly conditions: readonly string[];
  readonly params: Readonly<Record<string, string>>;
}

function questionOf({ kind, entity, pool, start, end }: Episode): Question | undefined {
  const time = `time >= toDateTime(${start}, 'UTC') AND time < toDateTime(${end}, 'UTC')`;
  const { provider = '', vmta = '', job, sender = '' } = entity;
  if (isDeferral(kind))
    return {
      parts: ['job', 'sender', 'sourceIp'],
      conditions: [
        `record = 't'`,
        `if(position(provider, '.') > 0, 'other', toString(provider)) = {provider:String}`,
        ...(entity.vmta !== undefined ? ['vmta = {vmta:String}'] : []),
        ...(entity.vmta === undefined && pool !== undefined ? ['pool = {pool:String}'] : []),
        time,
      ],
      params: { provider, vmta, pool: pool ?? '' },
    };
  const wrong = { bounce_spike: `record = 'b' AND bounceClass = 'hard'`, complaint_spike: `record = 'f'` };
  if (kind !== 'bounce_spike' && kind !== 'complaint_spike') return undefined;
  return {
    parts: ['sender', 'sourceIp'],
    conditions: [
      wrong[kind],
      job !== undefined ? 'job = {job:String}' : `job = '' AND senderDomain = {sender:String}`,
      time,
    ],
    params: { job: job ?? '', sender },
  };
}

import { partitioned } from '../model';
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

const DAY = 86_400;

/**
 * The jobs, senders and source IPs that what is wrong in each of these episodes belongs to, those with most of it first. They
 * are counted in the single events of its time; kinds that are not told from events give nothing. A bad day may have hundreds
 * of episodes: those that ask for the same of other mail are asked for at once.
 */
export async function behindOf(
  store: Reader,
  episodes: readonly Episode[],
): Promise<ReadonlyMap<Episode, readonly Behind[]>> {
  const questions = episodes.flatMap((episode): Asked[] => {
    const question = questionOf(episode);
    return question ? [{ ...question, episode }] : [];
  });
  const alike = partitioned(questions, ({ wrong, of, from }) =>
    JSON.stringify([wrong, of, Math.floor(from / DAY)]),
  );
  const found = new Map<Episode, Behind[]>();
  for (const asked of alike.values())
    for (const { episode, part, value, share } of await readBehind(store, asked)) {
      const own = asked[episode]?.episode;
      // Of an episode about a job there is nothing to say of jobs.
      if (!own || (part === 'job' && own.entity.job !== undefined)) continue;
      found.set(own, [...(found.get(own) ?? []), [part, value, share]]);
    }
  return found;
}

interface BehindRow {
  readonly episode: number;
  readonly part: Part;
  readonly value: string;
  readonly share: number;
}

/** Reads what stands behind episodes that differ in the mail that they are about, and in their time. */
async function readBehind(store: Reader, asked: readonly Asked[]): Promise<BehindRow[]> {
  const [first] = asked;
  if (!first) return [];
  const { wrong, of } = first;
  const from = Math.min(...asked.map((one) => one.from));
  const to = Math.max(...asked.map((one) => one.to));
  const spans = asked.map((one) => `(${one.from}, ${one.to}, ${one.above})`).join(', ');
  const pairs = PARTS.map((part) => `('${part}', w.${part})`).join(', ');
  return store.read<BehindRow>(
    `WITH arrayZip({firsts:Array(String)}, {seconds:Array(String)}) AS mails, [${spans}] AS spans
     SELECT episode, part, value, round(n / all, 4) AS share FROM (
       SELECT episode, part, value, n, sum(n) OVER (PARTITION BY episode, part) AS all FROM (
         SELECT e.index - 1 AS episode, pair.1 AS part, pair.2 AS value, sum(w.n) AS n FROM (
           SELECT toUnixTimestamp(time) AS at, latency, (toString(${of[0]}), toString(${of[1]})) AS mail, ${PARTS.map((part) => `toString(${part}) AS ${part}`).join(', ')}, sum(sign) AS n
           FROM watchtower.events WHERE role = 0 AND ${wrong} AND ${within(from, to)} AND latency > ${Math.min(...asked.map(({ above }) => above))} AND mail IN (SELECT arrayJoin(mails))
           GROUP BY at, latency, mail, ${PARTS.join(', ')}
         ) AS w INNER JOIN (SELECT index, mails[index] AS mail, spans[index] AS span FROM (SELECT arrayJoin(arrayEnumerate(mails)) AS index)) AS e ON e.mail = w.mail
         ARRAY JOIN [${pairs}] AS pair
         WHERE w.at >= e.span.1 AND w.at < e.span.2 AND w.latency > e.span.3 GROUP BY episode, part, value HAVING n > 0
       )
     ) WHERE value != '' AND n >= ${LEAST} * all ORDER BY episode, indexOf({parts:Array(String)}, part), n DESC, value LIMIT ${NAMED} BY episode, part`,
    {
      params: {
        firsts: asked.map(({ mail: [first] }) => first),
        seconds: asked.map(({ mail: [, second] }) => second),
        parts: PARTS,
      },
    },
  );
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

/** Below all latencies: that of what has none is -1. */
const ANY = -2;

/** What stands behind an episode: what is wrong, in SQL over events, the mail it is about, when, and above which latency. */
interface Question {
  readonly wrong: string;
  /** SQL of what mail is told by, and of which values. */
  readonly of: readonly [string, string];
  readonly mail: readonly [string, string];
  readonly from: number;
  readonly to: number;
  readonly above: number;
}

interface Asked extends Question {
  readonly episode: Episode;
}

const PROVIDER = `if(position(provider, '.') > 0, 'other', provider)`;

function questionOf(episode: Episode): Question | undefined {
  const { kind, entity, pool, start, end, firings } = episode;
  const { provider = '', vmta, job, sender = '' } = entity;
  const time = { from: start, to: end, above: ANY };
  const atProvider = { ...time, of: [PROVIDER, `''`], mail: [provider, ''] } as const;
  if (isDeferral(kind)) {
    const wrong = `record = 't'`;
    if (vmta !== undefined) return { ...time, wrong, of: [PROVIDER, 'vmta'], mail: [provider, vmta] };
    return pool === undefined
      ? { ...atProvider, wrong }
      : { ...time, wrong, of: [PROVIDER, 'pool'], mail: [provider, pool] };
  }
  const ofMailing = {
    ...time,
    of: ['job', `if(job = '', senderDomain, '')`],
    mail: [job ?? '', job === undefined ? sender : ''],
  } as const;
  switch (kind) {
    case 'bounce_spike':
      return { ...ofMailing, wrong: `record = 'b' AND bounceClass = 'hard'` };
    case 'complaint_spike':
      return { ...ofMailing, wrong: `record = 'f'` };
    case 'latency_anomaly': {
      const above = Math.max(0, ...firings.map(({ baseline = 0 }) => baseline));
      return { ...atProvider, wrong: `record = 'd'`, above };
    }
    case 'vmta_dark':
      return {
        ...{ wrong: `record IN ('d', 'b', 't')`, of: ['vmta', `''`], mail: [vmta ?? '', ''] },
        ...{ from: start - BEFORE_SILENCE, to: start, above: ANY },
      };
    case 'new_reason':
      return {
        ...time,
        wrong: `record IN ('b', 't')`,
        of: [PROVIDER, 'reason'],
        mail: [provider, firings.at(-1)?.detail ?? ''],
      };
    case 'success_floor':
      return { ...atProvider, wrong: `record IN ('b', 't')` };
    case 'logs_stopped':
    case 'ingest_failure':
      return undefined;
  }
}

function within(from: number, to: number): string {
  return `time >= toDateTime(${from}, 'UTC') AND time < toDateTime(${to}, 'UTC')`;
}

import { spotsOf, type Episode } from './episodes';
import { capital, percent, providerName, seconds } from './words';

/** What a sentence is made of beside its episode. */
export interface Told {
  readonly open: boolean;
  /** Share of attempts (of finals, …) over the episode, and what is usual. */
  readonly rate: number | undefined;
  readonly baseline: number | undefined;
  readonly waiting: number | undefined;
  /** Job that most of it belongs to, and who owns it. */
  readonly job?: string | undefined;
  readonly user?: string | undefined;
  readonly timezone: string;
}

/** What is wrong, in one sentence of plain text. Names in it come from logs: whoever shows it must not take it for markup. */
export function sentenceOf(episode: Episode, told: Told): string {
  const { open, timezone } = told;
  const since = open
    ? `since ${clock(episode.start, timezone)}`
    : `${clock(episode.start, timezone)} to ${clock(episode.end, timezone)} on ${date(episode.start, timezone)}`;
  return [`${fact(episode, told)}, ${since}`, mostly(told)].filter(Boolean).join('; ');
}

function fact(episode: Episode, told: Told): string {
  const { entity, firings, kind } = episode;
  const { open, rate = 0, baseline } = told;
  const provider = providerName(entity.provider ?? '');
  const many = entity.provider === 'other';
  const what = entity.job !== undefined ? `job ${entity.job}` : `mail of ${entity.sender ?? ''}`;
  const last = firings.at(-1);
  switch (kind) {
    case 'throttling':
      return `${provider} ${verb(open, many, 'throttling', 'throttled')} ${place(episode)}: ${figures(episode, told)}`;
    case 'block':
      return `${provider} ${verb(open, many, 'blocking', 'blocked')} ${place(episode)}: ${figures(episode, told)}`;
    case 'deferrals':
      return `${provider} ${verb(open, many, 'deferring mail of', 'deferred mail of')} ${place(episode)}: ${figures(episode, told)}`;
    case 'provider_unreachable': {
      const be = open ? (many ? 'are' : 'is') : many ? 'were' : 'was';
      return `${provider} ${be} not reached from ${place(episode)}: ${figures(episode, told)}`;
    }
    case 'bounce_spike':
      return `${capital(what)} has a bad list: ${percent(rate)} of ${amount(total(episode))} messages bounced for good${usual(baseline)}`;
    case 'complaint_spike':
      return `${capital(what)} draws complaints: ${amount(complaints(episode))} of them, ${percent(rate)} of what was delivered within a day where complaints are reported${usual(baseline)}; a proxy of what Gmail and Yahoo measure`;
    case 'latency_anomaly':
      return `${provider} ${open ? 'takes' : 'took'} mail slowly: a median of ${seconds(last?.rate ?? 0)} (usual ${seconds(last?.baseline ?? 0)}) without deferrals`;
    case 'vmta_dark':
      return `Nothing ${open ? 'is' : 'was'} heard of ${entity.vmta ?? ''}: about ${amount(firings[0]?.of ?? 0)} events in 15 minutes were expected, and the other VMTAs ${open ? 'go' : 'went'} on`;
    case 'new_reason':
      return `${provider} ${many ? 'give' : 'gives'} a reason that was not there the day before: "${last?.detail ?? ''}", ${percent(last?.rate ?? 0)} of what failed`;
    case 'success_floor':
      return `Only ${percent(rate)} of the attempts at ${many ? 'other providers' : provider} succeed`;
    case 'logs_stopped':
      return `Logs ${entity.node === '' ? '' : `of node ${entity.node ?? ''} `}${open ? 'stopped coming' : 'are missing'}`;
    case 'ingest_failure':
      return `${amount(last?.of ?? 1)} log file${(last?.of ?? 1) === 1 ? '' : 's'} could not be loaded: ${last?.detail ?? ''}`;
  }
}

function verb(open: boolean, many: boolean, now: string, then: string): string {
  return open ? `${many ? 'are' : 'is'} ${now}` : then;
}

function place({ entity }: Episode): string {
  if (entity.vmta !== undefined) return entity.vmta;
  return entity.pool !== undefined ? `pool ${entity.pool}` : 'all VMTAs';
}

function figures(episode: Episode, { waiting, open }: Told): string {
  const spots = spotsOf(episode);
  const tried = spots.reduce((sum, { of }) => sum + of, 0);
  const delivered = spots.reduce((sum, spot) => sum + (spot.delivered ?? 0), 0);
  const usually = episode.firings.find((firing) => firing.usual !== undefined)?.usual;
  const succeed = `${percent(tried === 0 ? 0 : delivered / tried)} of attempts ${open ? 'succeed' : 'succeeded'}${usual(usually)}`;
  if (!waiting) return succeed;
  return `${open ? 'about' : 'up to'} ${amount(waiting)} messages waiting, ${succeed}`;
}

function mostly({ job, user }: Told): string {
  if (job === undefined) return '';
  return `mostly ${job}${user === undefined ? '' : ` of user ${user}`}`;
}

const usual = (share: number | undefined): string =>
  share === undefined ? '' : ` (usual ${percent(share)})`;

function total(episode: Episode): number {
  return spotsOf(episode).reduce((sum, { of }) => sum + of, 0);
}

function complaints(episode: Episode): number {
  return spotsOf(episode).reduce((sum, { events }) => sum + events, 0);
}

/** A number as it is said: 950, 4.2 k, 40 k, 1.2 M. */
function amount(value: number): string {
  for (const [unit, name] of [
    [1e6, ' M'],
    [1e3, ' k'],
  ] as const)
    if (value >= unit) return (value / unit).toFixed(value < 10 * unit ? 1 : 0).replace('.0', '') + name;
  return String(Math.round(value));
}

const CLOCK = { hour: '2-digit', minute: '2-digit' } as const;
const DATE = { day: 'numeric', month: 'short' } as const;

/** Formatters by zone: one takes longer to make than all that it is used for. */
const formatters = new Map<string, Formatters>();
type Formatters = Readonly<Record<'clock' | 'date', Intl.DateTimeFormat>>;

function formattersOf(timeZone: string): Formatters {
  const known = formatters.get(timeZone);
  if (known) return known;
  const of = (parts: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone, ...parts });
  const made = { clock: of(CLOCK), date: of(DATE) };
  formatters.set(timeZone, made);
  return made;
}

function clock(time: number, timeZone: string): string {
  return formattersOf(timeZone).clock.format(time * 1000);
}

function date(time: number, timeZone: string): string {
  return formattersOf(timeZone).date.format(time * 1000);
}

import type { TimeRange } from '../../model';
import type { Named } from '../../model';
import { capital, clock, count, percent, seconds, short } from '../words';
import { rateOf, type Finding, type Sides } from './findings';
import type { Onset, Signal } from './onsets';
import type { Peer, Verdict } from './peers';
import type { Diagnostic } from './reasons';
import { SYMPTOMS, type RateSymptom } from './symptoms';

/** What the value of a dimension is called where the value alone does not say. */
const KINDS: Readonly<Record<string, string>> = {
  job: 'job',
  user: 'user',
  sender: 'sender',
  senderDomain: 'sender domain',
  pool: 'pool',
  node: 'server',
  domain: 'domain',
};

/** What a dimension is called where it is several. */
const SEVERAL: Readonly<Record<string, string>> = {
  provider: 'providers',
  vmta: 'VMTAs',
  pool: 'pools',
  job: 'jobs',
  user: 'users',
  sender: 'senders',
  senderDomain: 'sender domains',
  node: 'servers',
  domain: 'domains',
};

/** A value with its kind: `gmail`, `VMTA-5`, `job J-23`. */
export function named({ dimension, value }: Named): string {
  const kind = KINDS[dimension];
  const text = short(value, 80);
  return kind === undefined || text.toLowerCase().startsWith(kind) ? text : `${kind} ${text}`;
}

/** A place: `gmail on VMTA-5`, `job J-23`, `all mail`. */
export function placed(place: readonly Named[]): string {
  return place.length === 0
    ? 'all mail'
    : place.map(named).join(place[0]?.dimension === 'provider' ? ' on ' : ', ');
}

function rates(symptom: RateSymptom, { now, before }: Sides): string {
  const [rate, usual] = [rateOf(symptom, now), rateOf(symptom, before)];
  return `${percent(rate ?? 0)}, ${usual === null ? 'none before' : `usually ${percent(usual)}`}`;
}

/** What is the matter at a place, with its figures and what servers say. */
export function causeSentence(
  { symptom, place, sides, expected, share }: Finding,
  cause: string,
  diagnostics: readonly Diagnostic[],
  slowFrom: number | undefined,
  window: TimeRange,
): string {
  const where = begun(placed(place));
  const period = `${clock(window[0])} to ${clock(window[1], window[0])}`;
  if (symptom === 'silence')
    return `${where} fell silent: ${count(sides.now.attempts)} attempts from ${period}, where ${count(expected)} were to be expected`;
  if (symptom === 'volume') {
    const more = sides.now.attempts > sides.before.attempts ? 'more' : 'less';
    return `${where} sent ${more}: ${count(sides.now.attempts)} attempts, ${count(sides.before.attempts)} before; rates did not change`;
  }
  const { count: figure, volume, what, of } = SYMPTOMS[symptom];
  const [n, v] = [count(sides.now[figure]), count(sides.now[volume])];
  const part = share >= 0.995 ? 'all' : percent(share);
  const told = `${part} of what is beyond the usual`;
  const [top, next] = diagnostics;
  const category =
    top && top.class === '' ? `${top.reason}${next ? `: "${short(next.reason)}"` : ''}` : undefined;
  const said = top ? `; mostly ${category ?? `"${short(top.reason)}" (${top.class})`}` : '';
  switch (symptom) {
    case 'latency':
      return `${where} takes mail slowly: ${n} of ${v} deliveries took ${seconds(slowFrom ?? 0)} or longer (${rates(symptom, sides)}), ${told}; ${percent(rateOf('deferrals', sides.now) ?? 0)} of the attempts were deferred`;
    case 'complaints':
      return `${where}: ${n} complaints about ${v} ${of} (${rates(symptom, sides)}), ${told}`;
    case 'deferrals':
    case 'bounces':
    case 'blocks':
      return `${where}${VERBS[cause] ?? ''}: ${n} ${what} of ${v} ${of} (${rates(symptom, sides)}), ${told}${said}`;
  }
}

const VERBS: Readonly<Record<string, string>> = {
  throttling: ' is throttled',
  block: ' is blocked',
  provider_unreachable: ' cannot be reached',
  greylisting: ' is greylisted',
  bounce_spike: ' bounces',
};

/** A diagnostic that grew. */
export function reasonSentence({ reason, class: kind, now, before, share }: Diagnostic): string {
  const what = kind === '' ? short(reason) : `"${short(reason)}" (${kind})`;
  return `${what}: ${count(now)}, ${count(before)} before; ${percent(share)} of what was added`;
}

/** What a value has of a change. */
export function sourceSentence(name: Named, { symptom }: Finding, sides: Sides, share: number): string {
  const { now, before } = sides;
  if (symptom === 'silence' || symptom === 'volume')
    return `${begun(named(name))} has ${percent(share)} of the change: ${count(now.attempts)} attempts, ${count(before.attempts)} before`;
  const { count: figure, what, volume, of } = SYMPTOMS[symptom];
  return `${begun(named(name))} has ${percent(share)} of the added ${what}: ${count(now[figure])}, ${count(before[figure])} before; its ${of} went from ${count(before[volume])} to ${count(now[volume])}`;
}

const SIGNALS: Readonly<Record<Signal, string>> = {
  latency: 'Deliveries got slow',
  blocks: 'Blocks began',
  deferrals: 'Deferrals began',
  bounces: 'Hard bounces began',
  complaints: 'Complaints began',
};

/** When something began, and whether it was the first: `before` and `next` are its neighbours in order of time. */
export function onsetSentence(
  onset: Onset,
  { before, next }: { before: Onset | undefined; next: Onset | undefined },
  day: number,
): string {
  const { signal, at, now, usual } = onset;
  const level = signal === 'latency' ? `median ${seconds(now)}, usually ${seconds(usual)}` : percent(now);
  const after = before
    ? before.at === at
      ? ', at the same time'
      : `, ${seconds(at - before.at)} later`
    : next && next.at > at
      ? ', before anything else'
      : '';
  return `${SIGNALS[signal]} at ${clock(at, day)} (${level})${after}`;
}

/** What peers say of a suspect. */
export function peerSentence(
  { symptom }: Finding,
  { suspect, differs }: Peer,
  verdict: Verdict,
  peers: Sides,
): string {
  const who = `Other ${SEVERAL[differs] ?? differs}${suspect ? ` ${suspect.dimension === 'provider' ? 'to' : 'on'} ${named(suspect)}` : ''}`;
  const rest = suspect ? `${named(suspect)} as a whole` : 'all mail';
  const fares =
    symptom === 'silence' || symptom === 'volume'
      ? `${count(peers.now.attempts)} attempts, ${count(peers.before.attempts)} before`
      : `${SYMPTOMS[symptom].what} ${rates(symptom, peers)}`;
  switch (verdict) {
    case 'fine':
      return `${who} are fine (${fares}): it is not ${rest}`;
    case 'bad':
      return `${who} fare badly too (${fares}): it may be ${rest}`;
    case 'unknown':
      return `${who} had too little mail to tell (${fares})`;
  }
}

/** Our own words begin a sentence; names of providers and VMTAs stay as they are written. */
function begun(text: string): string {
  return /^(?:job|user|sender|sender domain|pool|server|domain|all) /.test(text) ? capital(text) : text;
}

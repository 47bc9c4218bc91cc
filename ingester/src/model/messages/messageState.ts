import type { MessageEvent } from './eventRows';

/** What has become of a message; the last two have no final outcome yet. */
export const OUTCOMES = ['delivered', 'hard', 'soft', 'block', 'deferred', 'unresolved'] as const;

/** One of the outcomes. */
export type Outcome = (typeof OUTCOMES)[number];

/** A message with what is known of it by now. Times are epoch seconds. */
export interface MessageState {
  /** Id of its newest event, by which it can be traced. */
  readonly event: string;
  readonly recipient: string;
  readonly messageId: string;
  readonly outcome: Outcome;
  /** The outcome in words, with what came after a delivery. */
  readonly state: string;
  /** 0 where it was not logged. */
  readonly queued: number;
  readonly first: number;
  readonly last: number;
  readonly attempts: number;
  /** Seconds from queueing to delivery, null where there is none. */
  readonly latency: number | null;
  readonly size: number | null;
  /** The answer to the last attempt that has one. */
  readonly diag: string;
  readonly smtpStatus: string;
  readonly bounceCategory: string;
  readonly complaints: number;
  readonly remoteBounces: number;
  readonly sender: string;
  readonly senderDomain: string;
  readonly job: string;
  readonly provider: string;
  readonly domain: string;
  readonly vmta: string;
  readonly pool: string;
}

const BOUNCED: Readonly<Record<string, string>> = {
  hard: 'hard bounce',
  soft: 'soft bounce',
  block: 'blocked',
};

/** The state of a message: `own` are its r, t, d and b events (at least one) in the order of time, `late` what came after its delivery. */
export function stateOf(own: readonly MessageEvent[], late: readonly MessageEvent[]): MessageState {
  const newestFirst = [...own].reverse();
  const final = newestFirst.find(({ record }) => record === 'd' || record === 'b');
  const [newest] = newestFirst;
  const [first] = own;
  if (!newest || !first) throw new RangeError('a message without events has no state');
  const text = (column: 'sender' | 'senderDomain' | 'job' | 'messageId' | 'vmta' | 'pool'): string =>
    (final?.[column] || newestFirst.find((row) => row[column] !== '')?.[column]) ?? '';
  const answered = newestFirst.find(({ diag, smtpStatus }) => diag !== '' || smtpStatus !== '');
  const complaints = late.filter(({ record }) => record === 'f').length;
  const outcome = outcomeOf(own, final);
  return {
    event: newest.event,
    recipient: newest.rcpt,
    messageId: text('messageId'),
    outcome,
    state: inWords(outcome, final, complaints, late.length - complaints),
    queued: own.find(({ queued }) => queued > 0)?.queued ?? 0,
    first: first.time,
    last: Math.max(newest.time, ...late.map(({ time }) => time)),
    attempts: own.filter(isAttempt).length,
    latency: final?.record === 'd' && final.latency >= 0 ? final.latency : null,
    size: newestFirst.find(({ size }) => size > 0)?.size ?? null,
    diag: answered?.diag ?? '',
    smtpStatus: answered?.smtpStatus ?? '',
    bounceCategory: final?.bounceCategory ?? answered?.bounceCategory ?? '',
    complaints,
    remoteBounces: late.length - complaints,
    sender: text('sender'),
    senderDomain: text('senderDomain'),
    job: text('job'),
    provider: newest.provider,
    domain: newest.domain,
    vmta: text('vmta'),
    pool: text('pool'),
  };
}

function outcomeOf(own: readonly MessageEvent[], final: MessageEvent | undefined): Outcome {
  if (final?.record === 'd') return 'delivered';
  if (final)
    return final.bounceClass === 'hard' || final.bounceClass === 'block' ? final.bounceClass : 'soft';
  return own.some(({ record }) => record === 't') ? 'deferred' : 'unresolved';
}

function isAttempt({ record, bounceCategory }: MessageEvent): boolean {
  return record === 'd' || record === 't' || (record === 'b' && bounceCategory !== 'message-expired');
}

function inWords(
  outcome: Outcome,
  final: MessageEvent | undefined,
  complaints: number,
  bounces: number,
): string {
  if (final?.bounceCategory === 'message-expired') return 'expired';
  const after = [...(bounces > 0 ? ['then bounced'] : []), ...(complaints > 0 ? ['complained'] : [])];
  return [BOUNCED[outcome] ?? outcome, ...after].join(', ');
}

import { Conditions, type Campaign } from './conditions';
import type { InjectionCurve } from './curve';
import { isActive, type IncidentPlan, type Incidents } from './incidents';
import { Draws, mix, pick, pickTable, seedOf } from './random';
import { expiryAfter, gmailRateLimit, greylists, noAnswer, otherBounces, type Reason } from './reasons';
import { domains, domainWeights, jobs, jobWeights, vmtas, type Domain, type Job, type Vmta } from './world';

/** Which keys a complaint report carries, best first; see {@link Message.complaint}. */
export const complaintKeys = ['messageId', 'jobId+rcpt', 'customHeader', 'rcpt+time'] as const;
/** One of {@link complaintKeys}. */
export type ComplaintKey = (typeof complaintKeys)[number];
/** The key that is left where the logs lack columns; `none`: nothing names the message or its recipient. */
export type LoggedKey = ComplaintKey | 'none';

/** One attempt or outcome of a message: delivered, bounced (expired included) or deferred. */
export interface Attempt {
  type: 'd' | 'b' | 't';
  /** Epoch seconds. */
  time: number;
  reason: Reason;
}

/** One message to one recipient with its whole life. */
export interface Message {
  index: number;
  /** 32 bits, unique within a seed; written as hexadecimal. */
  id: number;
  /** 32 bits for the site's own message header, unique within a seed; written as hexadecimal. */
  tag: number;
  /** Epoch seconds. */
  queued: number;
  domain: Domain;
  vmta: Vmta;
  job: Job;
  /** Number of the recipient's mailbox. */
  mailbox: number;
  /** Bytes. */
  size: number;
  /** In order of time; the last one is final. */
  attempts: Attempt[];
  /** A feedback-loop complaint after the delivery. */
  complaint: { time: number; key: ComplaintKey } | undefined;
  /** A remote bounce after the delivery, written only where the rb files hold remote bounces. */
  remote: { time: number; reason: Reason } | undefined;
}

const RETRIES = [300, 600, 1200, 1800];
const BOUNCED = 0.02;
const COMPLAINED = 0.0005;
const RETURNED = 0.003;
const LATENCY_STEPS = 4096;
/** Seconds in which what a back-off held is tried. */
const DRAIN = 600;

const usualBounces = pickTable([560, 124, 86, ...otherBounces.map(({ weight }) => weight)]);
const domainPicks = pickTable(domainWeights);
const jobPicks = pickTable(jobWeights);
const keyPicks = pickTable([70, 10, 10, 10]);

/** Seconds of a clean delivery by a median: a few around it, a thin tail. */
function latencies(median: number): Uint16Array {
  return Uint16Array.from({ length: LATENCY_STEPS }, (_, i) => {
    const x = (i + 0.5) / LATENCY_STEPS;
    const usual = median * (0.4 + 0.87 * -Math.log(1 - x));
    return Math.round(x > 0.985 ? usual * (1 + (x - 0.985) * 400) : usual);
  });
}
const latencyTables = new Map([2, 3, 4, 5].map((median) => [median, latencies(median)]));

/** The lives of all messages of a seed. */
export class Lives {
  private readonly draws: Draws;
  private readonly idKey: number;
  private readonly tagKey: number;
  private readonly mailboxes: number;

  /** `count` messages are injected along the curve. */
  constructor(
    seed: string,
    private readonly count: number,
    private readonly curve: InjectionCurve,
    private readonly incidents: Incidents,
    private readonly conditions = new Conditions([]),
  ) {
    const key = seedOf(seed);
    this.draws = new Draws(key);
    this.idKey = mix(key ^ 0x1d);
    this.tagKey = mix(key ^ 0x7a9);
    this.mailboxes = Math.max(1000, count);
  }

  /** The message at a position (0 <= index < count): a pure function of seed and index, in order of injection. */
  at(index: number): Message {
    const { draws } = this;
    draws.start(index);
    const queued = this.curve.at((index + draws.next()) / this.count);
    const domain = domains[pick(domainPicks, draws.next())] as Domain;
    const campaign = this.campaign(queued);
    const vmta = this.vmta(campaign?.vmtas ?? vmtas, queued);
    const surging = this.incidents.surging(queued, draws.next());
    const usualJob = jobs[pick(jobPicks, draws.next())] as Job;
    const message: Message = {
      index,
      id: mix(this.idKey ^ index),
      tag: mix(this.tagKey ^ index),
      queued,
      domain,
      vmta,
      job: surging ?? campaign?.job ?? usualJob,
      mailbox: (draws.next() * this.mailboxes) >>> 0,
      size: 8000 + ((draws.next() * 60000) | 0),
      attempts: [],
      complaint: undefined,
      remote: undefined,
    };
    this.live(message);
    return message;
  }

  private campaign(queued: number): Campaign | undefined {
    const campaign = this.conditions.campaign(queued);
    return campaign && this.draws.next() < campaign.share ? campaign : undefined;
  }

  private vmta(choice: readonly Vmta[], queued: number): Vmta {
    const { draws, conditions } = this;
    const vmta = choice[(draws.next() * choice.length) | 0] as Vmta;
    const warmth = conditions.warmth(vmta, queued);
    return warmth === 1 || draws.next() < warmth ? vmta : this.vmta(vmtas, queued);
  }

  private live(message: Message): void {
    const { draws, incidents } = this;
    const { provider } = message.domain;
    const path = incidents.ofPath(provider, message.vmta);
    let time = message.queued + this.firstLatency(message, path);
    let last: Reason | undefined;
    for (let attempt = 0; ; attempt++) {
      time = this.afterBackOff(message, this.afterDark(path, time));
      if (attempt === RETRIES.length && last) {
        message.attempts.push({ type: 'b', time, reason: expiryAfter(last) });
        return;
      }
      const deferral = this.deferral(message, path, time, attempt);
      if (!deferral) break;
      message.attempts.push({ type: 't', time, reason: deferral });
      last = deferral;
      time += (RETRIES[attempt] as number) + ((draws.next() * 60) | 0);
    }
    const bounce = this.bounce(message);
    message.attempts.push({
      type: bounce ? 'b' : 'd',
      time,
      reason: bounce ?? provider.answers.success,
    });
    if (!bounce) this.afterlife(message, time);
  }

  private firstLatency(message: Message, path: readonly IncidentPlan[]): number {
    const table = latencyTables.get(message.domain.provider.seconds) as Uint16Array;
    const seconds = table[(this.draws.next() * LATENCY_STEPS) | 0] as number;
    for (const plan of path) {
      if (plan.kind === 'latency_anomaly' && isActive(plan, message.queued)) return seconds * 8 + 40;
    }
    return seconds;
  }

  private afterDark(path: readonly IncidentPlan[], time: number): number {
    for (const plan of path) {
      if (plan.kind === 'vmta_dark' && isActive(plan, time)) {
        return plan.end + ((this.draws.next() * 120) | 0);
      }
    }
    return time;
  }

  private afterBackOff({ domain, vmta }: Message, time: number): number {
    const backOff = this.conditions.backOff(domain.provider, vmta, time);
    if (!backOff || this.draws.next() >= backOff.share) return time;
    return backOff.end + ((this.draws.next() * DRAIN) | 0);
  }

  private deferral(
    message: Message,
    path: readonly IncidentPlan[],
    time: number,
    attempt: number,
  ): Reason | undefined {
    const { provider } = message.domain;
    for (const plan of path) {
      const reason = deferralReason(plan, message);
      if (reason && isActive(plan, time) && this.draws.next() < (plan.share ?? 1)) return reason;
    }
    const greylisted = attempt === 0 ? this.conditions.greylisted(provider, message.vmta, time) : 0;
    if (greylisted > 0 && this.draws.next() < greylisted) {
      return greylists[(this.draws.next() * greylists.length) | 0];
    }
    if (this.draws.next() >= (attempt === 0 ? provider.deferred : 0.06)) return undefined;
    const { deferrals } = provider.answers;
    return deferrals[(this.draws.next() * deferrals.length) | 0];
  }

  private bounce(message: Message): Reason | undefined {
    const { draws } = this;
    const { provider } = message.domain;
    const spike = this.incidents.ofJob('bounce_spike', message.job, provider, message.vmta, message.queued);
    if (spike && draws.next() < (spike.share ?? 1)) return provider.answers.badMailbox;
    if (draws.next() >= BOUNCED) return undefined;
    const { badMailbox, spam, policy } = provider.answers;
    const choice = pick(usualBounces, draws.next());
    const reason = [badMailbox, spam, policy][choice] ?? otherBounces[choice - 3]?.reason;
    return reason?.unrouted && provider.name !== 'corporate' ? badMailbox : reason;
  }

  private afterlife(message: Message, delivered: number): void {
    const { draws } = this;
    const { provider } = message.domain;
    if (draws.next() < RETURNED) {
      const time = delivered + 30 + ((draws.next() * 3600) | 0);
      message.remote = { time, reason: provider.answers.badMailbox };
    }
    if (!provider.complains) return;
    const spike = this.incidents.ofJob(
      'complaint_spike',
      message.job,
      provider,
      message.vmta,
      message.queued,
    );
    if (draws.next() >= (spike ? (spike.share ?? 1) : COMPLAINED)) return;
    message.complaint = {
      time: delivered + 300 + ((draws.next() * (spike ? 5100 : 6 * 3600)) | 0),
      key: complaintKeys[pick(keyPicks, draws.next())] as ComplaintKey,
    };
  }
}

function deferralReason(plan: IncidentPlan, message: Message): Reason | undefined {
  if (plan.kind === 'provider_unreachable') return noAnswer;
  if (plan.kind !== 'throttling' && plan.kind !== 'block') return undefined;
  const { name, answers } = message.domain.provider;
  if (plan.answer) return answers[plan.answer];
  return name === 'gmail' ? gmailRateLimit : answers.deferrals[0];
}

import { setImmediate as turn } from 'node:timers/promises';
import { partitioned } from '../model';
import { ACTIVITY_REACH, DarkEvaluator, type ActivityRow } from './dark';
import { DeferralEvaluator, isDeferral, type AttemptHistory, type AttemptRow } from './deferrals';
import { keyOf, type Evaluator, type Firing } from './firings';
import { GapEvaluator } from './gaps';
import { History, MedianHistory, REACH } from './history';
import { findNewReasons } from './info';
import { LatencyEvaluator, type LatencyRow } from './latency';
import { MailingEvaluator, type MailingHistory, type MailingRow } from './mailings';
import {
  readActivity,
  readAttempts,
  readLatencies,
  readMailings,
  readOverdue,
  readWaiting,
  WAITS,
  type OverdueRow,
  type Reader,
  type Span,
  type Watermark,
} from './reads';
import { STEP, stepsOf, type DetectionRules } from './rules';
import { SuccessEvaluator } from './success';

const HOUR = 3600;
const DAY = 86_400;

/** How much longer than a baseline reaches the hours are kept, so that late files of some weeks need no full run. */
const KEPT = REACH * HOUR + 35 * DAY;

/** Of a stretch without any event, so much is looked at: then all that was under way has come to its end. */
const SILENCE = 2 * DAY;

/** What is read of a span. */
interface Loaded {
  readonly attempts: readonly AttemptRow[];
  readonly mailings: readonly MailingRow[];
  readonly latencies: readonly LatencyRow[];
  readonly activity: readonly ActivityRow[];
}

interface Evaluators {
  readonly attempts: DeferralEvaluator;
  readonly success: SuccessEvaluator;
  readonly mailings: MailingEvaluator;
  readonly latencies: LatencyEvaluator;
  readonly activity: DarkEvaluator;
  readonly gaps: GapEvaluator;
}

function take(evaluators: Evaluators, { attempts, mailings, latencies, activity }: Loaded): void {
  evaluators.attempts.load(attempts);
  evaluators.success.load(attempts);
  evaluators.mailings.load(mailings);
  evaluators.latencies.load(latencies);
  evaluators.activity.load(activity);
  evaluators.gaps.load(activity);
}

/**
 * What fired, as a fold over the hours of event time: the state after an hour depends on that before it and on what
 * the store holds. It can be taken back to the beginning of any hour and run from there, so the result depends neither
 * on the order in which logs came nor on how often it was run.
 */
export class Fold {
  /** What fired, by time. */
  firings: Firing[] = [];
  private readonly attempts: AttemptHistory = { deferred: new History(), delivered: new History() };
  private readonly mailings: MailingHistory = {
    bounces: new History(),
    complaints: new History(),
    reporting: new History(),
  };
  private readonly medians = new MedianHistory();
  /** The first hour that is still known, and the end of what was looked at. */
  private first = 0;
  private end = 0;

  constructor(
    private readonly store: Reader,
    private readonly rules: DetectionRules,
    private readonly reporting: readonly string[],
  ) {}

  /**
   * Looks again at everything from the hour of `touched` on. `marks` and `days` say what there is; `pause` is waited for
   * between days.
   */
  async run(
    touched: number,
    marks: readonly Watermark[],
    days: readonly number[],
    pause: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const end = Math.max(0, ...marks.map(({ at }) => at + STEP));
    const wanted = Math.min(touched, this.end === 0 ? Infinity : this.end);
    // The last windows of the hour before reach into this one.
    let from = wanted - (wanted % HOUR) - HOUR;
    if (from < this.first || this.end === 0) from = days[0] ?? 0;
    this.takeBack(from);
    const recent = this.firings.filter(({ at }) => at >= from - 2 * DAY);
    const newest = new Map<string, number>();
    for (const { node, at } of marks) newest.set(node, Math.max(at, newest.get(node) ?? 0));
    const evaluators: Evaluators = {
      attempts: new DeferralEvaluator(this.rules, this.attempts, from, recent),
      success: new SuccessEvaluator(this.rules),
      mailings: new MailingEvaluator(this.rules, this.mailings, from),
      latencies: new LatencyEvaluator(this.rules, this.medians, from),
      activity: new DarkEvaluator(this.rules, newest, recent, this.overdueOn()),
      gaps: new GapEvaluator(this.rules),
    };
    const each: readonly Evaluator[] = Object.values({ ...evaluators });
    let at = from;
    // What the first windows reach back to.
    if (from > (days[0] ?? from))
      take(evaluators, await this.read({ from: from - 4 * HOUR, to: from }, from - ACTIVITY_REACH));
    const spans = days
      .map((day) => ({ day, from: Math.max(day, from), to: Math.min(day + DAY, end) }))
      .filter((span) => span.to > span.from);
    const readDay = (index: number): Promise<Loaded> | undefined => {
      const span = spans[index];
      return span && this.read(span, span.from);
    };
    let ahead = readDay(0);
    for (const [index, span] of spans.entries()) {
      const loaded = await ahead;
      if (loaded) take(evaluators, loaded);
      // The engine reads the next day while this one is looked at.
      ahead = readDay(index + 1);
      const isRead = ahead?.catch(() => undefined);
      const found: Firing[] = [];
      const step = async (): Promise<void> => {
        for (const evaluator of each) found.push(...(await evaluator.step(at)));
        at += STEP;
        // Others have their turn between steps, and so has what is read meanwhile.
        await turn();
      };
      for (const stop = Math.min(span.from, at + SILENCE); at < stop; ) await step();
      for (at = span.from; at < span.to; ) await step();
      found.push(...(await findNewReasons(this.store, span, this.rules)));
      await this.count(found);
      this.firings.push(...found);
      this.prune(span.day - KEPT);
      // A pause begins when nothing is read any more; none follows the last day, as what it holds is to be told.
      if (isRead) {
        await isRead;
        await pause();
      }
    }
    this.end = end;
  }

  private async read(span: Span, activityFrom: number): Promise<Loaded> {
    const { latency_anomaly: latency } = this.rules.kinds;
    return {
      attempts: await readAttempts(this.store, span),
      mailings: await readMailings(this.store, span, this.reporting),
      latencies: latency.on ? await readLatencies(this.store, span, stepsOf(latency)) : [],
      activity: await readActivity(this.store, { from: activityFrom, to: span.to }),
    };
  }

  /** How many deferred messages of a VMTA are overdue at the end of a step; read for a day at once, as they are asked for step by step. */
  private overdueOn(): (vmta: string, at: number) => Promise<number> {
    const read = new Map<string, { from: number; to: number; rows: OverdueRow[] }>();
    return async (vmta, at) => {
      let known = read.get(vmta);
      if (!known || at < known.from || at >= known.to) {
        const to = at + DAY;
        known = { from: at, to, rows: await readOverdue(this.store, { from: at - WAITS, to }, vmta) };
        read.set(vmta, known);
      }
      return known.rows.reduce((sum, { at: when, change }) => (when <= at ? sum + change : sum), 0);
    };
  }

  /** Says of every deferral firing how many deferred messages wait at the end of its step. */
  private async count(found: readonly Firing[]): Promise<void> {
    const deferred = found.filter(({ kind }) => isDeferral(kind));
    if (deferred.length === 0) return;
    const providers = [...new Set(deferred.map(({ entity }) => entity.provider ?? ''))];
    const times = deferred.map(({ at }) => at);
    const from = Math.min(...times) - WAITS;
    const to = Math.max(...times) + STEP;
    const rows = await readWaiting(this.store, { from, to }, providers);
    const groups = partitioned(deferred, ({ entity, pool }) => keyOf(entity) + (pool ?? ''));
    for (const group of groups.values()) {
      const [{ entity, pool }] = group as [Firing];
      const own = rows.filter(
        (row) =>
          row.provider === entity.provider &&
          (entity.vmta !== undefined ? row.vmta === entity.vmta : pool === undefined || row.pool === pool),
      );
      let next = 0;
      let waiting = 0;
      for (const firing of group.sort((a, b) => a.at - b.at)) {
        for (let row = own[next]; row && row.at <= firing.at; row = own[++next]) waiting += row.change;
        firing.waiting = waiting;
      }
    }
  }

  private takeBack(from: number): void {
    this.firings = this.firings.filter(({ at }) => at < from);
    this.forget({ from });
    if (from < this.first) this.first = 0;
  }

  /** Forgets hours that no baseline of the present, nor of some weeks ago, reaches. */
  private prune(before: number): void {
    if (before - this.first < DAY) return;
    this.first = before;
    this.forget({ before });
  }

  private forget(range: { from: number } | { before: number }): void {
    const { deferred, delivered } = this.attempts;
    const { bounces, complaints, reporting } = this.mailings;
    for (const history of [deferred, delivered, bounces, complaints, reporting, this.medians])
      history.forget(range);
  }
}

import { InjectionCurve } from './curve';
import { check, isActive, onPath, type Path, type Span } from './incidents';
import { jobs, vmtas, type Job, type Provider, type Vmta } from './world';

/**
 * What makes logs hard to judge although nothing is wrong beyond the planned incidents.
 *
 * - `campaign`: `times` the usual volume comes on top, all of one job, through one pool where it is named.
 * - `lull`: all volume is multiplied by `factor`.
 * - `idle`: a pool is given no mail.
 * - `warm_up`: a new VMTA sends nothing before `start`, its whole part from `end` on, ever more between.
 * - `greylisting`: the share (default 1) of first attempts is put off by greylisting and accepted later.
 * - `back_off`: the share of the attempts is not made while it lasts but in the ten minutes after it.
 */
export type Condition = Span &
  (
    | { kind: 'campaign'; job: string; pool?: string; times: number }
    | { kind: 'lull'; factor: number }
    | { kind: 'idle'; pool: string }
    | { kind: 'warm_up'; vmta: string }
    | ({ kind: 'greylisting'; share?: number } & Path)
    | ({ kind: 'back_off'; share: number } & Path)
  );

/** A campaign with its entities. */
export interface Campaign extends Span {
  job: Job;
  vmtas: readonly Vmta[];
  /** Part of all mail that is its own while it lasts. */
  share: number;
}

type Of<Kind extends Condition['kind']> = Extract<Condition, { kind: Kind }>;

/** Which conditions concern a message, found by its entities. */
export class Conditions {
  private readonly campaigns: Campaign[];
  private readonly warmUps: (Of<'warm_up'> | undefined)[];
  private readonly idle: Of<'idle'>[];
  private readonly greylists: Of<'greylisting'>[];
  private readonly backOffs: Of<'back_off'>[];

  /** Throws RangeError where a condition names an entity that does not exist, leaves no VMTA that sends, or two campaigns meet. */
  constructor(private readonly conditions: readonly Condition[]) {
    conditions.forEach(check);
    const of = <Kind extends Condition['kind']>(kind: Kind): Of<Kind>[] =>
      conditions.filter((condition): condition is Of<Kind> => condition.kind === kind);
    this.idle = of('idle');
    this.greylists = of('greylisting');
    this.backOffs = of('back_off');
    this.warmUps = vmtas.map(({ name }) => of('warm_up').find(({ vmta }) => vmta === name));
    const always = vmtas.filter(
      ({ index, pool }) => !this.warmUps[index] && !this.idle.some((each) => each.pool === pool.name),
    );
    if (always.length === 0) throw new RangeError('one VMTA must send at all times');
    this.campaigns = of('campaign').map(({ start, end, job, pool, times }) => ({
      start,
      end,
      job: jobs.find(({ id }) => id === job) as Job,
      vmtas: vmtas.filter((vmta) => pool === undefined || vmta.pool.name === pool),
      share: times / (1 + times),
    }));
    this.campaigns.sort((a, b) => a.start - b.start);
    if (this.campaigns.some(({ start }, i) => start < (this.campaigns[i - 1]?.end ?? start))) {
      throw new RangeError('campaigns must follow one another');
    }
  }

  /** When mail is injected. `offsetAt` gives the local clock's seconds ahead of UTC; at weekends `weekend` of the volume. */
  curve(start: number, seconds: number, offsetAt: (time: number) => number, weekend: number): InjectionCurve {
    return new InjectionCurve(start, seconds, offsetAt, (time) => {
      const day = new Date((time + offsetAt(time)) * 1000).getUTCDay();
      return this.factor(time) * (day === 0 || day === 6 ? weekend : 1);
    });
  }

  /** The campaign that may take a message of this time. */
  campaign(time: number): Campaign | undefined {
    return this.campaigns.find((campaign) => isActive(campaign, time));
  }

  /** The part (0-1) of its usual mail that a VMTA sends at a time. */
  warmth(vmta: Vmta, time: number): number {
    if (this.idle.some((each) => each.pool === vmta.pool.name && isActive(each, time))) return 0;
    const warmUp = this.warmUps[vmta.index];
    if (!warmUp || time >= warmUp.end) return 1;
    return Math.max(0, (time - warmUp.start) / (warmUp.end - warmUp.start)) ** 2;
  }

  /** Share of the first attempts that greylisting puts off. */
  greylisted(provider: Provider, vmta: Vmta, time: number): number {
    const found = this.greylists.find((each) => isActive(each, time) && onPath(each, provider, vmta));
    return found ? (found.share ?? 1) : 0;
  }

  /** The back-off in which an attempt falls. */
  backOff(provider: Provider, vmta: Vmta, time: number): (Span & { share: number }) | undefined {
    return this.backOffs.find((each) => isActive(each, time) && onPath(each, provider, vmta));
  }

  private factor(time: number): number {
    let factor = 1;
    for (const condition of this.conditions) {
      if (!isActive(condition, time)) continue;
      if (condition.kind === 'lull') factor *= condition.factor;
      if (condition.kind === 'campaign') factor *= 1 + condition.times;
    }
    return factor;
  }
}

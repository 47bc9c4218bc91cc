import { partitioned } from '../model';
import { keyOf, type Entity, type Evaluator, type Firing, type Spot } from './firings';
import type { History } from './history';
import { poissonTail } from './poisson';
import {
  DEFERRAL_KINDS,
  ruleFor,
  STEP,
  stepsOf,
  type DeferralKind,
  type DetectionRules,
  type KindRule,
} from './rules';

/** What was counted of a provider on a VMTA in a step. Greylisting is no deferral here. */
export interface AttemptCell {
  attempts: number;
  delivered: number;
  deferrals: number;
  /** Deferrals by what their text says: throttling or policy; a block; that nobody answered. */
  throttled: number;
  blocked: number;
  unanswered: number;
  /** Events of the whole queue being put off. */
  queue: number;
}

/** A cell with its place. `at` is the start of the step. */
export interface AttemptRow extends AttemptCell {
  at: number;
  provider: string;
  pool: string;
  vmta: string;
}

const NOTHING: Readonly<AttemptCell> = {
  attempts: 0,
  delivered: 0,
  deferrals: 0,
  throttled: 0,
  blocked: 0,
  unanswered: 0,
  queue: 0,
};

/** A provider through one VMTA of one pool. */
interface Path {
  readonly pool: string;
  readonly vmta: string;
  readonly steps: Map<number, AttemptCell>;
}

/** A provider, or a part of what goes to it: one path, or narrower levels. */
interface Level {
  readonly entity: Entity;
  readonly pool?: string;
  readonly path?: Path;
  readonly parts?: readonly Level[];
  /** What was summed up already, by the start of the last step and the number of steps. */
  readonly sums: Map<string, Readonly<AttemptCell>>;
}

interface Judgement {
  readonly kind: DeferralKind;
  readonly rule: KindRule<DeferralKind>;
  /** How many steps the window has that fired. */
  readonly steps: number;
  readonly rate: number;
  readonly baseline: number | undefined;
  readonly usual: number | undefined;
  /** What the rate was held against. */
  readonly bar: number;
}

/** What is known of attempts: those that were deferred, and those that were delivered. */
export interface AttemptHistory {
  readonly deferred: History;
  readonly delivered: History;
}

/** How long a queue may be silent and still be taken for one that holds back, in seconds. */
const HOLDS_BACK = 86_400;

/** Throttling, blocks and unreachable providers: per VMTA, per pool and per provider. */
export class DeferralEvaluator implements Evaluator {
  private readonly providers = new Map<string, Map<string, Path>>();
  /** Steps in windows that fired, by level: they are no part of its history. */
  private readonly fired = new Map<string, Set<number>>();
  /** What fired last, by entity and kind: since then it is watched for quiet. */
  private readonly watched = new Map<
    string,
    { entity: Entity; pool: string | undefined; kind: DeferralKind; last: number; sure: number }
  >();
  private readonly longest: number;
  /** With fewer deferrals no rule fires. */
  private readonly least: number;

  /** `from`: the first step that is added to the history; `recent`: what fired in the day before, in order. */
  constructor(
    private readonly rules: DetectionRules,
    private readonly history: AttemptHistory,
    private readonly from: number,
    recent: readonly Firing[],
  ) {
    this.longest = Math.max(...DEFERRAL_KINDS.map((kind) => stepsOf(rules.kinds[kind])));
    const all = ['', ...rules.overrides.flatMap(({ providers }) => providers)].flatMap((provider) =>
      DEFERRAL_KINDS.map((kind) => ruleFor(rules, kind, provider)),
    );
    this.least = Math.min(
      ...all.map((rule) => Math.min(rule.minDeferrals, rule.fastAttempts * rule.fastRate)),
    );
    for (const firing of recent) if (isDeferral(firing.kind)) this.watch(firing, firing.kind);
  }

  /** Adds what was counted, before its steps are looked at. */
  load(rows: readonly AttemptRow[]): void {
    for (const { at, provider, pool, vmta, ...cell } of rows) {
      const paths = this.providers.get(provider) ?? new Map<string, Path>();
      this.providers.set(provider, paths);
      const name = JSON.stringify([pool, vmta]);
      const path = paths.get(name) ?? { pool, vmta, steps: new Map<number, AttemptCell>() };
      paths.set(name, path);
      path.steps.set(at, cell);
    }
  }

  step(at: number): Firing[] {
    const firings: Firing[] = [];
    for (const [provider, all] of this.providers) {
      const paths = [...all.values()].filter((path) => this.isSeen(path, at));
      if (paths.length > 0) firings.push(...this.owners(provider, paths, at));
    }
    for (const firing of firings) this.watch(firing, firing.kind as DeferralKind);
    firings.push(...this.unknown(at));
    this.settle(at - (this.longest - 1) * STEP);
    return firings;
  }

  private isSeen({ steps }: Path, at: number): boolean {
    for (let i = 0; i < this.longest; i++) if (steps.has(at - i * STEP)) return true;
    return false;
  }

  /** Who owns what is wrong at a provider: itself, else pools of it, else single VMTAs. */
  private owners(provider: string, paths: readonly Path[], at: number): Firing[] {
    const whole = wholeOf(provider, paths);
    if (windowOf(whole, at, this.longest).deferrals < this.least) return [];
    const pools = whole.parts ?? [];
    const found = this.judge(whole, at);
    if (found && pools.length > 1 && stands(withoutWorst(pools, 1, at, found), found)) {
      // Narrower windows that fired are no part of what is usual, whoever owns the incident.
      for (const level of pools.flatMap((pool) => [pool, ...(pool.parts ?? [])])) this.judge(level, at);
      return [firingOf(whole, found, at)];
    }
    return pools.flatMap((pool) => {
      const vmtas = pool.parts ?? [];
      const judgement = this.judge(pool, at);
      const singles = vmtas.map((level) => ({ level, judgement: this.judge(level, at) }));
      if (judgement && vmtas.length > 1 && stands(withoutWorst(vmtas, 2, at, judgement), judgement))
        return [firingOf(pool, judgement, at)];
      return singles.flatMap((single) =>
        single.judgement ? [firingOf(single.level, single.judgement, at)] : [],
      );
    });
  }

  /** Whether a window that ends here fires for a level; its steps leave the history then. */
  private judge(level: Level, at: number): Judgement | undefined {
    const own = windowOf(level, at, 1);
    const { provider = '' } = level.entity;
    const key = levelKey(level);
    for (const kind of DEFERRAL_KINDS) {
      const rule = ruleFor(this.rules, kind, provider);
      if (!rule.on) continue;
      const steps = stepsOf(rule);
      const cell = windowOf(level, at, steps);
      const slow = cell.attempts >= rule.minAttempts && cell.deferrals >= rule.minDeferrals;
      const fast = own.attempts >= rule.fastAttempts && rateOf(own) >= rule.fastRate;
      for (const [asked, counted, width, least] of [
        [slow, cell, steps, rule.rate],
        [fast, own, 1, rule.fastRate],
      ] as const) {
        if (!asked || dominant(counted) !== kind) continue;
        const start = at - (width - 1) * STEP;
        const baseline = this.history.deferred.baseline(key, start, rule.minHistory);
        const bar = Math.max(rule.floor, baseline ?? rule.assumed);
        const rate = rateOf(counted);
        if (rate < least || rate < rule.factor * bar) continue;
        if (poissonTail(counted.deferrals, counted.attempts * bar) >= rule.improbable) continue;
        const fired = this.fired.get(key) ?? new Set<number>();
        this.fired.set(key, fired);
        for (let i = 0; i < width; i++) fired.add(at - i * STEP);
        const usual = this.history.delivered.baseline(key, start, rule.minHistory);
        return { kind, rule, steps: width, rate, baseline, usual, bar };
      }
    }
    return undefined;
  }

  private watch({ entity, pool, at, sure }: Firing, kind: DeferralKind): void {
    const key = `${kind}${keyOf(entity)}`;
    const before = this.watched.get(key);
    this.watched.set(key, {
      entity,
      pool,
      kind,
      last: at,
      sure: sure ? at : (before?.sure ?? at),
    });
  }

  /** Where something fired a little while ago and too little is tried since to call it quiet. */
  private unknown(at: number): Firing[] {
    const { unknownAttempts, unknownRate, quietSteps } = this.rules.incidents;
    const firings: Firing[] = [];
    for (const [key, { entity, pool, kind, last, sure }] of this.watched) {
      if (last === at) continue;
      if (at - last > quietSteps * STEP || at - sure > HOLDS_BACK) {
        this.watched.delete(key);
        continue;
      }
      const level = this.levelOf(entity, pool);
      const rule = ruleFor(this.rules, kind, entity.provider ?? '');
      const cell = windowOf(level, at, stepsOf(rule));
      if (cell.attempts >= unknownAttempts) continue;
      const tried = cell.attempts + cell.queue;
      if (cell.attempts > 0 && (cell.deferrals + cell.queue) / tried < unknownRate) continue;
      const own = windowOf(level, at, 1);
      const spot = own.attempts === 0 || rateOf(own) >= rule.rate;
      firings.push({
        kind,
        ...place(level),
        at,
        sure: false,
        spots: spot ? [spotOf(at, own)] : [],
        rate: rateOf(cell),
      });
    }
    for (const firing of firings) this.watch(firing, firing.kind as DeferralKind);
    return firings;
  }

  /** What is there now of what fired. */
  private levelOf(entity: Entity, pool: string | undefined): Level {
    const all = [...(this.providers.get(entity.provider ?? '')?.values() ?? [])];
    const own = all.filter((path) =>
      entity.vmta !== undefined ? path.vmta === entity.vmta : pool === undefined || path.pool === pool,
    );
    const parts = own.map((path): Level => ({ entity, path, sums: new Map() }));
    return { entity, ...(pool !== undefined && { pool }), parts, sums: new Map() };
  }

  /** Adds a step, of which every window was looked at, to the history of those levels that did not fire. */
  private settle(at: number): void {
    for (const [provider, all] of this.providers) {
      for (const [name, { pool, vmta, steps }] of all) {
        const cell = steps.get(at);
        if (cell && at >= this.from)
          for (const key of [
            levelKey({ entity: { provider, vmta } }),
            levelKey({ entity: pool === '' ? { provider } : { provider, pool }, pool }),
            levelKey({ entity: { provider } }),
          ])
            if (this.fired.get(key)?.has(at) !== true) {
              this.history.deferred.add(key, at, cell.attempts, cell.deferrals);
              this.history.delivered.add(key, at, cell.attempts, cell.delivered);
            }
        steps.delete(at);
        if (steps.size === 0) all.delete(name);
      }
    }
    for (const fired of this.fired.values()) fired.delete(at);
  }
}

/** The levels of a provider: itself, its pools, their VMTAs. */
function wholeOf(provider: string, paths: readonly Path[]): Level {
  const single = (path: Path): Level => {
    const { pool, vmta } = path;
    return { entity: { provider, vmta }, pool, path, sums: new Map() };
  };
  const parts = [...partitioned(paths, ({ pool }) => pool)].map(
    ([pool, members]): Level => ({
      entity: pool === '' ? { provider } : { provider, pool },
      pool,
      parts: members.map(single),
      sums: new Map(),
    }),
  );
  return { entity: { provider }, parts, sums: new Map() };
}

/** What was counted of a level in the window of `width` steps that ends with the step at `at`. */
function windowOf(level: Level, at: number, width: number): Readonly<AttemptCell> {
  const key = `${at}:${width}`;
  let total = level.sums.get(key);
  if (!total) {
    const { path, parts = [] } = level;
    const steps = Array.from(
      { length: path ? width : 0 },
      (_, i) => path?.steps.get(at - i * STEP) ?? NOTHING,
    );
    total = sum(path ? steps : parts.map((part) => windowOf(part, at, width)));
    level.sums.set(key, total);
  }
  return total;
}

/** What is left of levels without those that are worst. */
function withoutWorst(
  levels: readonly Level[],
  worst: number,
  at: number,
  { steps }: Judgement,
): AttemptCell {
  const cells = levels.map((level) => windowOf(level, at, steps)).sort((a, b) => b.deferrals - a.deferrals);
  return sum(cells.slice(worst));
}

function firingOf(level: Level, { kind, rule, steps, rate, baseline, usual }: Judgement, at: number): Firing {
  const spots: Spot[] = [];
  for (let i = steps - 1; i >= 0; i--) {
    const time = at - i * STEP;
    const cell = windowOf(level, time, 1);
    if (cell.attempts > 0 && rateOf(cell) >= rule.rate) spots.push(spotOf(time, cell));
  }
  return { kind, ...place(level), at, sure: true, spots, rate, baseline, usual };
}

/** What most of the deferrals say. */
export function dominant({ deferrals, throttled, blocked, unanswered }: Readonly<AttemptCell>): DeferralKind {
  if (blocked * 2 >= deferrals && blocked > throttled) return 'block';
  if (throttled * 2 >= deferrals) return 'throttling';
  return unanswered * 2 >= deferrals ? 'provider_unreachable' : 'deferrals';
}

/** Whether this is one of the kinds told from deferrals. */
export function isDeferral(kind: string): kind is DeferralKind {
  return (DEFERRAL_KINDS as readonly string[]).includes(kind);
}

function stands(rest: Readonly<AttemptCell>, { rule, bar }: Judgement): boolean {
  const rate = rateOf(rest);
  return rest.deferrals >= rule.minElsewhere && rate >= rule.rate && rate >= rule.factor * bar;
}

function place({ entity, pool }: Pick<Level, 'entity' | 'pool'>): Pick<Firing, 'entity' | 'pool'> {
  return { entity, ...(pool !== undefined && { pool }) };
}

/** A pool without a name and its provider are one entity, and two histories. */
function levelKey({ entity, pool }: Pick<Level, 'entity' | 'pool'>): string {
  return keyOf(entity) + (entity.vmta === undefined && pool !== undefined ? 'pool' : '');
}

function spotOf(at: number, { attempts, deferrals, delivered }: Readonly<AttemptCell>): Spot {
  return { at, of: attempts, events: deferrals, delivered };
}

function rateOf({ attempts, deferrals }: Readonly<AttemptCell>): number {
  return attempts === 0 ? 0 : deferrals / attempts;
}

function sum(cells: readonly Readonly<AttemptCell>[]): AttemptCell {
  const total = { ...NOTHING };
  for (const cell of cells) {
    total.attempts += cell.attempts;
    total.delivered += cell.delivered;
    total.deferrals += cell.deferrals;
    total.throttled += cell.throttled;
    total.blocked += cell.blocked;
    total.unanswered += cell.unanswered;
    total.queue += cell.queue;
  }
  return total;
}

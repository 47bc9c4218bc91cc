import type { Evaluator, Firing } from './firings';
import { isRhythm, RHYTHM_REACH } from './rhythm';
import { STEP, stepsOf, type DetectionRules } from './rules';

/** Events that name a VMTA, or none, in the logs of a node in a step. */
export interface ActivityRow {
  at: number;
  node: string;
  pool: string;
  vmta: string;
  events: number;
}

interface Vmta {
  pool: string;
  readonly steps: Map<number, number>;
  readonly nodes: Map<string, number>;
  readonly dark: Set<number>;
}

/** How far back the usual activity of a VMTA is looked for, in seconds: also how much must be loaded before the first step. */
export const ACTIVITY_REACH = RHYTHM_REACH;

/** VMTAs of which nothing is heard while their node and the others go on, though others of their pool do too or mail waits on them. */
export class DarkEvaluator implements Evaluator {
  private readonly vmtas = new Map<string, Vmta>();
  private readonly nodes = new Map<string, Map<number, number>>();

  /**
   * `newest`: the newest step of each node, of all there is; `recent`: what fired in the day before; `overdue`: how many
   * deferred messages of a VMTA should have been tried again by the end of a step.
   */
  constructor(
    private readonly rules: DetectionRules,
    private readonly newest: ReadonlyMap<string, number>,
    recent: readonly Firing[],
    private readonly overdue: (vmta: string, at: number) => Promise<number>,
  ) {
    for (const { kind, entity, at } of recent)
      if (kind === 'vmta_dark') this.darken(this.vmta(entity.vmta ?? ''), at);
  }

  /** Adds what was counted, before its steps are looked at. */
  load(rows: readonly ActivityRow[]): void {
    for (const { at, node, pool, vmta, events } of rows) {
      const heard = this.nodes.get(node) ?? new Map<number, number>();
      this.nodes.set(node, heard);
      heard.set(at, (heard.get(at) ?? 0) + events);
      if (vmta === '') continue;
      const own = this.vmta(vmta);
      if (pool !== '') own.pool = pool;
      own.nodes.set(node, Math.max(at, own.nodes.get(node) ?? 0));
      own.steps.set(at, (own.steps.get(at) ?? 0) + events);
    }
  }

  async step(at: number): Promise<Firing[]> {
    const rule = this.rules.kinds.vmta_dark;
    if (!rule.on) return [];
    const width = stepsOf(rule);
    const all = [...this.vmtas].map(([name, vmta]) => ({
      name,
      vmta,
      seen: eventsIn(vmta.steps, at, width),
      usual: this.usual(vmta, at - width * STEP, width),
    }));
    const seen = all.reduce((sum, each) => sum + (each.usual > 0 ? each.seen : 0), 0);
    const usual = all.reduce((sum, each) => sum + each.usual, 0);
    const firings: Firing[] = [];
    for (const own of all) {
      if (own.seen > 0 || own.usual === 0) continue;
      const others = usual - own.usual;
      if (others === 0 || seen < rule.othersShare * others) continue;
      const expected = own.usual * Math.min(1, seen / others);
      if (expected < rule.minExpected || !this.isLogged(own.vmta, at, width)) continue;
      const peers = all.filter((peer) => peer !== own && peer.vmta.pool === own.vmta.pool && peer.usual > 0);
      const inPool = (of: 'seen' | 'usual') => peers.reduce((sum, peer) => sum + peer[of], 0);
      // What is tried again of an idle pool's mail is no sign that it goes on.
      const goesOn = peers.length > 0 && inPool('seen') >= rule.othersShare * inPool('usual');
      const isExpected = goesOn && !isRhythm(own.vmta.steps, at);
      // A pool that is silent as a whole may have been given nothing, and so may a VMTA at its time of day; mail that waits
      // would be tried again by one that runs.
      if (!isExpected && (await this.overdue(own.name, at)) < rule.minWaiting) continue;
      this.darken(own.vmta, at);
      const spots = Array.from({ length: width }, (_, i) => ({
        at: at - (width - 1 - i) * STEP,
        of: expected / width,
        events: 0,
      }));
      firings.push({
        kind: 'vmta_dark',
        entity: { vmta: own.name },
        pool: own.vmta.pool,
        at,
        sure: true,
        spots,
        rate: 0,
        of: expected,
      });
    }
    this.forget(at - ACTIVITY_REACH);
    return firings;
  }

  /** Whether the logs of a node of this VMTA are there for the window, and go on after it. */
  private isLogged({ nodes }: Vmta, at: number, width: number): boolean {
    return [...nodes.keys()].some(
      (node) =>
        (this.newest.get(node) ?? 0) > at && eventsIn(this.nodes.get(node) ?? new Map(), at, width) > 0,
    );
  }

  /** Events that a window of `width` steps usually holds: the mean of the last steps up to `last` that were not dark. */
  private usual({ steps, dark }: Vmta, last: number, width: number): number {
    const wanted = (this.rules.kinds.vmta_dark.lookBackMinutes * 60) / STEP;
    let found = 0;
    let events = 0;
    for (let at = last; found < wanted && at > last - ACTIVITY_REACH + wanted * STEP; at -= STEP) {
      if (dark.has(at)) continue;
      found++;
      events += steps.get(at) ?? 0;
    }
    return found === 0 ? 0 : (events / found) * width;
  }

  private darken({ dark }: Vmta, at: number): void {
    for (let i = 0; i < stepsOf(this.rules.kinds.vmta_dark); i++) dark.add(at - i * STEP);
  }

  private vmta(name: string): Vmta {
    const known = this.vmtas.get(name) ?? { pool: '', steps: new Map(), nodes: new Map(), dark: new Set() };
    this.vmtas.set(name, known);
    return known;
  }

  private forget(before: number): void {
    for (const heard of this.nodes.values()) heard.delete(before);
    for (const [name, { steps, dark, nodes }] of this.vmtas) {
      steps.delete(before);
      dark.delete(before);
      for (const [node, last] of nodes) if (last < before) nodes.delete(node);
      if (steps.size === 0 && dark.size === 0) this.vmtas.delete(name);
    }
  }
}

function eventsIn(steps: ReadonlyMap<number, number>, at: number, width: number): number {
  let events = 0;
  for (let i = 0; i < width; i++) events += steps.get(at - i * STEP) ?? 0;
  return events;
}

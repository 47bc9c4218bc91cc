import { ACTIVITY_REACH, type ActivityRow } from './dark';
import type { Evaluator, Firing } from './firings';
import { STEP, type DetectionRules } from './rules';

/** What is usual is told from so many seconds before a gap. */
const LOOK_BACK = 7200;

/** A longer silence, in seconds, is no gap: the node was off, and came back. */
const LONGEST = ACTIVITY_REACH - LOOK_BACK;

/** Gaps in the logs of a node that go on after it: what is missing in every figure of that time. */
export class GapEvaluator implements Evaluator {
  private readonly nodes = new Map<string, Map<number, number>>();
  private readonly last = new Map<string, number>();

  constructor(private readonly rules: DetectionRules) {}

  /** Adds what was counted, before its steps are looked at. Steps that are never looked at only say what was before. */
  load(rows: readonly Pick<ActivityRow, 'at' | 'node' | 'events'>[]): void {
    for (const { at, node, events } of rows) {
      const heard = this.nodes.get(node) ?? new Map<number, number>();
      this.nodes.set(node, heard);
      heard.set(at, (heard.get(at) ?? 0) + events);
    }
  }

  step(at: number): Firing[] {
    const rule = this.rules.kinds.logs_stopped;
    const firings: Firing[] = [];
    for (const [node, heard] of this.nodes) {
      if (heard.has(at)) {
        const last = this.last.get(node) ?? latestBefore(heard, at);
        this.last.set(node, at);
        const silent = last === undefined ? 0 : at - last - STEP;
        if (rule.on && last !== undefined && silent >= rule.minutes * 60 && silent <= LONGEST)
          if (usualBefore(heard, last) >= rule.minExpected) firings.push(gapOf(node, last + STEP, at));
      }
      heard.delete(at - ACTIVITY_REACH);
    }
    return firings;
  }
}

/** The newest step before one that was not looked at itself. */
function latestBefore(heard: ReadonlyMap<number, number>, at: number): number | undefined {
  const before = [...heard.keys()].filter((step) => step < at);
  return before.length === 0 ? undefined : Math.max(...before);
}

/** Events that a quarter of an hour held, over the time that ends with a step. */
function usualBefore(heard: ReadonlyMap<number, number>, last: number): number {
  let events = 0;
  for (let at = last; at > last - LOOK_BACK; at -= STEP) events += heard.get(at) ?? 0;
  return (events / LOOK_BACK) * 900;
}

function gapOf(node: string, start: number, end: number): Firing {
  const spots = [start, end - STEP].map((at) => ({ at, of: 0, events: 0 }));
  return { kind: 'logs_stopped', entity: { node }, at: end, sure: true, spots, rate: 0, detail: node };
}

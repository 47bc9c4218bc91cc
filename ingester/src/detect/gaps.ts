import type { ActivityRow } from './dark';
import type { Evaluator, Firing } from './firings';
import { STEP, type DetectionRules } from './rules';

const QUARTER = 900;

/** What is usual is told from so many seconds before a gap. */
const LOOK_BACK = 7200;

/** A longer silence, in seconds, is no gap: the node was off, and came back. Both are within what is loaded of the past. */
const LONGEST = 21 * 3600;

/** Logs go on where their first quarter of an hour holds such a part of the usual: less is the rest of a queue being sent. */
const GOES_ON = 1 / 3;

/** Gaps in the logs of a node that go on after it: what is missing in every figure of that time. */
export class GapEvaluator implements Evaluator {
  private readonly nodes = new Map<string, Map<number, number>>();

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
      const end = at - QUARTER + STEP;
      const start = heard.has(end) ? silentFrom(heard, end) : undefined;
      if (rule.on && start !== undefined && end - start >= rule.minutes * 60) {
        const usual = (eventsIn(heard, start - LOOK_BACK, start) * QUARTER) / LOOK_BACK;
        if (usual >= rule.minExpected && eventsIn(heard, end, end + QUARTER) >= GOES_ON * usual)
          firings.push(gapOf(node, start, end, at));
      }
      heard.delete(at - LOOK_BACK - LONGEST - QUARTER);
    }
    return firings;
  }
}

/** Since when nothing had been heard at a time; undefined where that is longer ago than a gap can be. */
function silentFrom(heard: ReadonlyMap<number, number>, end: number): number | undefined {
  for (let start = end; start >= end - LONGEST; start -= STEP) if (heard.has(start - STEP)) return start;
  return undefined;
}

function eventsIn(heard: ReadonlyMap<number, number>, from: number, to: number): number {
  let events = 0;
  for (let at = from; at < to; at += STEP) events += heard.get(at) ?? 0;
  return events;
}

function gapOf(node: string, start: number, end: number, at: number): Firing {
  const spots = [start, end - STEP].map((edge) => ({ at: edge, of: 0, events: 0 }));
  return { kind: 'logs_stopped', entity: { node }, at, sure: true, spots, rate: 0, detail: node };
}

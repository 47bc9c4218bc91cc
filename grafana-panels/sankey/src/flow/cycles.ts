import type { FlowLink } from './types';

/** Links without cycles, and those that were left out for it. */
export interface Broken {
  readonly kept: readonly FlowLink[];
  readonly dropped: readonly FlowLink[];
}

/** Leaves out the links that would close a cycle, the smallest ones: a flow is drawn from left to right. */
export function breakCycles(links: readonly FlowLink[]): Broken {
  const after = new Map<string, string[]>();
  const kept = new Set<FlowLink>();
  for (const link of [...links].sort((a, b) => b.value - a.value)) {
    if (!reaches(after, link.target, link.source)) {
      after.set(link.source, [...(after.get(link.source) ?? []), link.target]);
      kept.add(link);
    }
  }
  return { kept: links.filter((link) => kept.has(link)), dropped: links.filter((link) => !kept.has(link)) };
}

function reaches(after: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const node of seen) {
    if (node === to) {
      return true;
    }
    after.get(node)?.forEach((next) => seen.add(next));
  }
  return false;
}

/** The level of every node: the length of the longest way to it. The links have no cycle. */
export function levelsOf(links: readonly FlowLink[]): Map<string, number> {
  const before = new Map<string, string[]>();
  for (const { source, target } of links) {
    before.set(target, [...(before.get(target) ?? []), source]);
    before.set(source, before.get(source) ?? []);
  }
  const levels = new Map<string, number>();
  const levelOf = (node: string): number => {
    const known = levels.get(node);
    if (known !== undefined) {
      return known;
    }
    const level = Math.max(-1, ...(before.get(node) ?? []).map(levelOf)) + 1;
    levels.set(node, level);
    return level;
  };
  [...before.keys()].forEach(levelOf);
  return levels;
}

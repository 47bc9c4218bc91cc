import { numberAt, textAt } from '../../../shared/fields/find';
import type { FlowFields, FlowLink } from './types';

/** A place before its level is known. */
export interface NamedNode {
  readonly id: string;
  readonly name: string;
  readonly dimension?: string | undefined;
}

/** What the rows of a frame say. */
export interface ReadFlow {
  readonly nodes: ReadonlyMap<string, NamedNode>;
  readonly links: readonly FlowLink[];
  /** Rows that are no link: without a name, or without a number that can be a width. */
  readonly skipped: number;
  /** Rows whose value is 0: they have no width. */
  readonly zeros: number;
}

/** Reads links from the rows of a frame. Rows of the same link are put together. One bad row costs no other. */
export function readFlow(fields: FlowFields): ReadFlow {
  const nodes = new Map<string, NamedNode>();
  const links = new Map<string, FlowLink>();
  let [skipped, zeros] = [0, 0];
  for (let row = 0; row < fields.frame.length; row++) {
    const [source, target] = [nodeAt(fields, row, 'source'), nodeAt(fields, row, 'target')];
    const value = numberAt(fields.value, row);
    if (!source || !target || value === null || value < 0) {
      skipped++;
    } else if (value === 0) {
      zeros++;
    } else {
      nodes.set(source.id, source).set(target.id, target);
      const link = linkOf(source.id, target.id, value, [row], numberAt(fields.color, row), numberAt(fields.pinch, row));
      const known = links.get(link.id);
      links.set(link.id, known ? joined([known, link], fields) : link);
    }
  }
  return { nodes, links: [...links.values()], skipped, zeros };
}

/** A link between two nodes; links with the same ends have the same id. */
export function linkOf(
  source: string,
  target: string,
  value: number,
  rows: readonly number[],
  color: number | null,
  pinch: number | null
): FlowLink {
  return { id: JSON.stringify([source, target]), source, target, value, rows, color, pinch };
}

/**
 * Several links as one: values add up; a rate is the mean of those that have one, weighted by the values. What is no rate, such
 * as a quantile, cannot be put together and is null.
 */
export function joined(links: readonly FlowLink[], fields: Pick<FlowFields, 'color' | 'pinch'>): FlowLink {
  const [first] = links as [FlowLink];
  const of = (name: 'color' | 'pinch') => (isRate(fields[name]?.config.unit) ? weighted(links, name) : null);
  const value = links.reduce((sum, link) => sum + link.value, 0);
  const rows = links.flatMap((link) => link.rows);
  return linkOf(first.source, first.target, value, rows, of('color'), of('pinch'));
}

function weighted(links: readonly FlowLink[], name: 'color' | 'pinch'): number | null {
  let [sum, weight] = [0, 0];
  for (const link of links) {
    const rate = link[name];
    if (rate !== null) {
      sum += rate * link.value;
      weight += link.value;
    }
  }
  return weight > 0 ? sum / weight : null;
}

/** Whether values of this unit are shares of something. */
export function isRate(unit: string | undefined): boolean {
  return unit === 'percentunit' || unit === 'percent';
}

function nodeAt(fields: FlowFields, row: number, end: 'source' | 'target'): NamedNode | undefined {
  const name = textAt(fields[end], row);
  if (name === '') {
    return undefined;
  }
  const dimension = textAt(end === 'source' ? fields.sourceDimension : fields.targetDimension, row) || undefined;
  const level = numberAt(fields.level, row);
  const place = level === null ? null : end === 'source' ? level : level + 1;
  return { id: JSON.stringify([place, name]), name, ...(dimension !== undefined && { dimension }) };
}

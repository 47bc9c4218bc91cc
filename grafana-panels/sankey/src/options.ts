import { FieldType } from '@grafana/data';
import type { FilterWay } from '../../shared/actions/filtering';
import type { Wanted } from '../../shared/fields/find';

/** Where nodes stand that do not reach from the first level to the last. */
export type Align = 'justify' | 'left' | 'right' | 'center';

/** Order of the nodes of a level, from the top. */
export type NodeOrder = 'balanced' | 'value' | 'name' | 'data';

/** How a pinched pipe reads its field: a share that got through, a share that did not, or more of it is worse. */
export type PinchKind = 'through' | 'lost' | 'more';

/** What is saved with a panel. */
export interface SankeyOptions {
  /** Version of these options, for migrations. */
  version: number;
  /** Fields, by name; empty: found by their usual names. */
  source: string;
  target: string;
  value: string;
  /** Field that colours the links by its own thresholds or colour scheme; empty: its usual names. */
  color: string;
  /** Whether links are drawn as pinched pipes, and by which field. */
  pinched: boolean;
  pinch: string;
  pinchKind: PinchKind;
  align: Align;
  order: NodeOrder;
  /** Width of a node, space between the nodes of a level, and the least width of a link, in pixels. */
  nodeWidth: number;
  spacing: number;
  minWidth: number;
  /** Nodes of a level that stand for themselves; 0: all. */
  limit: number;
  showValues: boolean;
  showLegend: boolean;
  /** What a click does. */
  click: FilterWay;
}

/** Version of {@link SankeyOptions} that this code writes. */
export const VERSION = 1;

/** Options of a new panel. */
export const defaults: SankeyOptions = {
  version: VERSION,
  source: '',
  target: '',
  value: '',
  color: '',
  pinched: false,
  pinch: '',
  pinchKind: 'through',
  align: 'justify',
  order: 'balanced',
  nodeWidth: 12,
  spacing: 16,
  minWidth: 1.5,
  limit: 0,
  showValues: true,
  showLegend: true,
  click: 'auto',
};

/** The fields a panel with these options looks for. */
export function wantedFields(options: SankeyOptions) {
  const text = [FieldType.string];
  const number = [FieldType.number];
  const wanted = (role: string, chosen: string, names: readonly string[], types: FieldType[]): Wanted => ({
    role,
    chosen,
    names,
    types,
  });
  return {
    source: wanted('source', options.source, ['source', 'from'], text),
    target: wanted('target', options.target, ['target', 'to', 'destination'], text),
    value: wanted('value', options.value, ['value', 'messages', 'attempts', 'count'], number),
    level: wanted('level', '', ['level'], number),
    sourceDimension: wanted('sourceDimension', '', ['sourceDimension'], text),
    targetDimension: wanted('targetDimension', '', ['targetDimension'], text),
    color: wanted('colour', options.color, ['deferralRate', 'bounceRate', 'blockRate', 'complaintRate'], number),
    pinch: wanted('pinch', options.pinch, PINCH_NAMES[options.pinchKind], number),
  };
}

const PINCH_NAMES: Readonly<Record<PinchKind, readonly string[]>> = {
  through: ['successRate'],
  lost: ['deferralRate', 'bounceRate'],
  more: ['latencyP95', 'backlog'],
};

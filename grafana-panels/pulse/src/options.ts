import { FieldType } from '@grafana/data';
import type { FilterWay } from '../../shared/actions/filtering';
import type { Wanted } from '../../shared/fields/find';

/** Order of cells: those that are worst before the others, or by name, so that each keeps its place. */
export type CellOrder = 'worst' | 'stable';

/** Which end of the state's values is the bad one. `auto` tells by the name of the field. */
export type BadEnd = 'auto' | 'low' | 'high';

/** How much a cell shows, the most first. */
export const DETAILS = ['large', 'full', 'compact', 'small'] as const;

/** How much a cell shows. */
export type Detail = (typeof DETAILS)[number];

/** What is saved with a panel. */
export interface PulseOptions {
  /** Version of these options, for migrations. */
  version: number;
  /** Fields, or labels of series, by name; empty: found by their usual names. */
  name: string;
  group: string;
  state: string;
  volume: string;
  deferral: string;
  latency: string;
  grouped: boolean;
  order: CellOrder;
  badEnd: BadEnd;
  /** Size of the cells; `auto`: as large as there is room for all. */
  size: Detail | 'auto';
  /** Least volume that a state is judged by. */
  minVolume: number;
  /** Minutes without any mail after which a cell is dark. */
  darkAfter: number;
  showLegend: boolean;
  /** What a click does. */
  click: FilterWay;
}

/** Version of {@link PulseOptions} that this code writes. */
export const VERSION = 1;

/** Options of a new panel. */
export const defaults: PulseOptions = {
  version: VERSION,
  name: '',
  group: '',
  state: '',
  volume: '',
  deferral: '',
  latency: '',
  grouped: true,
  order: 'worst',
  badEnd: 'auto',
  size: 'auto',
  minVolume: 50,
  darkAfter: 15,
  showLegend: true,
  click: 'auto',
};

/** What numbers a cell has, by what they are for. */
export const ROLES = ['state', 'volume', 'success', 'deferral', 'latency'] as const;

/** What a number of a cell is for. */
export type Role = (typeof ROLES)[number];

/** The numbers a board with these options looks for. */
export function wantedNumbers(options: PulseOptions): Readonly<Record<Role, Wanted>> {
  const wanted = (role: string, chosen: string, names: readonly string[]): Wanted => ({
    role,
    chosen,
    names,
    types: [FieldType.number],
  });
  return {
    state: wanted('state', options.state, ['attemptSuccessRate', 'successRate', 'state', 'health', 'deferralRate']),
    volume: wanted('volume', options.volume, ['attempts', 'sent', 'delivered', 'volume', 'messages', 'count']),
    success: wanted('success', '', ['attemptSuccessRate', 'successRate']),
    deferral: wanted('deferral', options.deferral, ['deferralRate']),
    latency: wanted('latency', options.latency, ['latencyP95', 'latencyP50', 'latencyAvg', 'latency']),
  };
}

/** What a cell is called by: names of fields, or of labels of series, best first. */
export const NAMES: readonly string[] = [
  'vmta',
  'sourceIp',
  'provider',
  'domain',
  'job',
  'sender',
  'pool',
  'node',
  'name',
];

/** What cells are grouped by, best first. */
export const GROUPS: readonly string[] = ['pool', 'node', 'group'];

/** Times at which something was last seen. */
export const LAST_SEEN: readonly string[] = ['lastEvent', 'lastSeen'];

import { FieldType } from '@grafana/data';
import type { FilterWay } from '../../shared/actions/filtering';
import type { Wanted } from '../../shared/fields/find';

/** Order of the lanes, from the top. */
export type LaneOrder = 'newest' | 'oldest' | 'name' | 'most';

/** What the rows are: things that last, or the steps of a message; `auto`: as their fields say. */
export type Mode = 'auto' | 'spans' | 'message';

/** What is saved with a panel. */
export interface TimelineOptions {
  /** Version of these options, for migrations. */
  version: number;
  mode: Mode;
  /** Field whose values are the lanes; empty: what each bar is about. */
  lane: string;
  /** Fields, by name; empty: found by their usual names. */
  start: string;
  end: string;
  label: string;
  color: string;
  order: LaneOrder;
  /** Height of a row of bars in pixels; names of lanes need 14. */
  rowHeight: number;
  showLabels: boolean;
  showLegend: boolean;
  /** What a filter sets. */
  click: FilterWay;
}

/** Version of {@link TimelineOptions} that this code writes. */
export const VERSION = 1;

/** Options of a new panel. */
export const defaults: TimelineOptions = {
  version: VERSION,
  mode: 'auto',
  lane: '',
  start: '',
  end: '',
  label: '',
  color: '',
  order: 'newest',
  rowHeight: 22,
  showLabels: true,
  showLegend: true,
  click: 'auto',
};

/** Fields that say what an incident is about, the widest first: together they name its lane, and a click filters by them. */
export const ABOUT = ['provider', 'domain', 'pool', 'vmta', 'job', 'sender', 'senderDomain', 'node'] as const;

const ANY = [FieldType.string, FieldType.number, FieldType.boolean, FieldType.enum];
const TEXT = [FieldType.string];
const TIME = [FieldType.time];

/** The fields that a panel with these options looks for. */
export function wantedFields({ lane, start, end, label, color }: TimelineOptions) {
  return {
    start: { role: 'start', chosen: start, names: ['start', 'from', 'time'], types: TIME },
    end: { role: 'end', chosen: end, names: ['end', 'finish', 'timeEnd', 'to'], types: TIME },
    lane: { role: 'lane', chosen: lane, names: [], types: ANY },
    label: { role: 'label', chosen: label, names: ['kind', 'title', 'name'], types: ANY },
    color: { role: 'colour', chosen: color, names: ['severity', 'level', 'kind', 'state', 'status'], types: ANY },
    state: { role: 'state', names: ['state'], types: TEXT },
    sentence: { role: 'sentence', names: ['sentence', 'text', 'description'], types: TEXT },
    ackBy: { role: 'ackBy', names: ['ackBy'], types: TEXT },
    note: { role: 'note', names: ['note'], types: TEXT },
    link: { role: 'link', names: ['link'], types: TEXT },
    id: { role: 'id', names: ['id'], types: TEXT },
  } satisfies Record<string, Wanted>;
}

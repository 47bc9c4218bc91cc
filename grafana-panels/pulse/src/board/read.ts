import { FieldType, type DataFrame, type Field } from '@grafana/data';
import { ROLES, wantedNumbers, type PulseOptions, type Role } from '../options';
import { gather, type Columns, type Gathered } from './gather';
import { addSilences, isOfIncidents, silencesOf } from './incidents';
import type { Entity, History, Reading } from './types';

/** The entities of a board, or why there are none. */
export type ReadBoard =
  | { readonly entities: readonly Entity[]; readonly skipped: number }
  | { readonly missing: readonly string[] }
  | { readonly empty: true };

/**
 * Reads the entities out of frames: a table, series, or both, which complete each other, and beside them a table of incidents, of
 * which the open ones of silent VMTAs count.
 */
export function readBoard(frames: readonly DataFrame[], options: PulseOptions): ReadBoard {
  const filled = frames.filter(({ length }) => length > 0);
  const told = filled.filter((frame) => !isOfIncidents(frame));
  const silences = filled.filter(isOfIncidents).flatMap(silencesOf);
  if (told.length === 0 && silences.length === 0) {
    return { empty: true };
  }
  const { entities, roles, skipped } = gather(told, options);
  addSilences(entities, silences);
  const wanted = wantedNumbers(options);
  const lacking: Role[] = ROLES.filter(
    (role) => told.length > 0 && !roles.has(role) && (role === 'state' || Boolean(wanted[role].chosen))
  );
  const missing = [
    ...(entities.size > 0 || hasNames(told, options) ? [] : [options.name || 'name']),
    ...lacking.map((role) => wanted[role].chosen || role),
  ];
  return missing.length > 0
    ? { missing }
    : { entities: [...entities.values()].map((gathered) => entityOf(gathered)), skipped };
}

/** Whether there is something that could be a name, be it empty. */
function hasNames(frames: readonly DataFrame[], { name }: PulseOptions): boolean {
  return !name && frames.some(({ fields }) => fields.some(({ type }) => type === FieldType.string));
}

function entityOf(gathered: Gathered): Entity {
  const { id, name, dimension, group, rows, points, places, lastSeen, silence } = gathered;
  const readings: { [R in Role]?: Reading } = {};
  for (const role of ROLES) {
    const reading = together(role, rows, false) ?? together(role, points, true);
    if (reading) {
      readings[role] = reading;
    }
  }
  return { id, name, dimension, group, readings, history: historyOf(points), lastSeen, silence, places };
}

function historyOf(points: Columns): History {
  const { at, values } = points.get('volume') ?? { at: [], values: [] };
  if (at.every((time, i) => i === 0 || time >= (at[i - 1] ?? time))) {
    return { at, values };
  }
  const order = at.map((_, i) => i).sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0));
  return { at: order.map((i) => at[i] ?? 0), values: order.map((i) => values[i] ?? 0) };
}

/**
 * The values of a role as one: volumes add up; a rate is the mean weighted by the volumes beside it; of anything else, such as a
 * quantile, the last of a series counts, and several rows have none.
 */
function together(role: Role, columns: Columns, timed: boolean): Reading | undefined {
  const column = columns.get(role);
  const [first] = column?.values ?? [];
  if (!column || first === undefined) {
    return undefined;
  }
  const { field, values, at } = column;
  const reading = (value: number | undefined) => (value === undefined ? undefined : { value, field });
  if (role === 'volume') {
    return reading(values.reduce((sum, value) => sum + value, 0));
  }
  if (values.length === 1) {
    return reading(first);
  }
  const volume = columns.get('volume');
  if (isRate(field) && volume) {
    const weights = new Map(volume.at.map((time, i) => [time, volume.values[i] ?? 0]));
    let [sum, weight] = [0, 0];
    values.forEach((value, i) => {
      const of = weights.get(at[i] ?? NaN) ?? 0;
      sum += value * of;
      weight += of;
    });
    return reading(weight > 0 ? sum / weight : undefined);
  }
  return reading(timed ? values[values.length - 1] : undefined);
}

function isRate({ name, config }: Field): boolean {
  return config.unit === 'percentunit' || config.unit === 'percent' || name.endsWith('Rate');
}

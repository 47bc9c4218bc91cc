import { ThresholdsMode, getActiveThreshold, type Field } from '@grafana/data';
import type { PulseOptions } from '../options';
import { clockOf, lastMail, silent, throughputOf, type Clock } from './silence';
import type { Cell, Entity, Group, Standing } from './types';

/** A board as it can be drawn. */
export interface Board {
  readonly groups: readonly Group[];
  readonly clock?: Clock | undefined;
}

/** From entities to groups of cells in order. */
export function boardOf(entities: readonly Entity[], options: PulseOptions): Board {
  const after = options.darkAfter * 60_000;
  const histories = entities.map(({ history }) => history);
  const clock = clockOf(histories);
  const dark = clock && silent(histories, clock, after);
  const newest = entities.reduce((last, { lastSeen }) => Math.max(last, lastSeen ?? -Infinity), -Infinity);
  const cells = entities.map((entity, i): Cell => {
    const lastSeen = entity.lastSeen ?? (clock ? lastMail(entity.history, clock) : null);
    const late = entity.lastSeen !== undefined && newest - entity.lastSeen >= after;
    // An incident closes a while after mail has come again.
    const heard = clock !== undefined && lastSeen !== null && clock.newest + clock.step - lastSeen < after;
    const isDark = dark?.[i] === true || late || (entity.silence !== undefined && !heard);
    const standing = standingOf(entity, isDark, options.minVolume);
    const step = standing === 'judged' ? stepOf(entity) : null;
    return {
      entity,
      standing,
      step,
      fine: step !== null && step === bestStep(entity, options),
      throughput: clock ? throughputOf(entity.history, clock) : null,
      lastSeen: lastSeen ?? entity.silence?.since ?? null,
    };
  });
  return { groups: groupsOf(cells, options), clock };
}

function standingOf({ readings: { state, volume } }: Entity, dark: boolean, least: number): Standing {
  if (dark) {
    return 'dark';
  }
  if (volume?.value === 0) {
    return 'idle';
  }
  if (!state) {
    return 'unknown';
  }
  return volume && volume.value < least ? 'few' : 'judged';
}

/** The steps of a field's thresholds that its colours follow; none where it has another colour scheme. */
export function stepsOf(field: Field | undefined) {
  const { thresholds, color } = field?.config ?? {};
  const follows = color === undefined || color.mode === 'thresholds';
  return follows && thresholds?.mode === ThresholdsMode.Absolute ? thresholds.steps : [];
}

function stepOf({ readings: { state } }: Entity): number | null {
  const steps = stepsOf(state?.field);
  return state && steps.length > 0 ? steps.indexOf(getActiveThreshold(state.value, steps)) : null;
}

function bestStep({ readings: { state } }: Entity, options: PulseOptions): number {
  return lowIsBad(state?.field, options) ? stepsOf(state?.field).length - 1 : 0;
}

/** Whether a low state is the bad one: so it is of successes. */
export function lowIsBad(field: Field | undefined, { badEnd }: PulseOptions): boolean {
  return badEnd === 'auto' ? /success|deliver|health|up$/i.test(field?.name ?? '') : badEnd === 'low';
}

function groupsOf(cells: readonly Cell[], options: PulseOptions): Group[] {
  const byName = new Map<string, Cell[]>();
  for (const cell of cells) {
    const name = options.grouped ? cell.entity.group : '';
    const group = byName.get(name) ?? [];
    group.push(cell);
    byName.set(name, group);
  }
  const order = options.order === 'worst' ? worstFirst(options) : namesFirst;
  const groups = [...byName].map(([name, of]): Group => ({ name, cells: of.sort(order) }));
  const names = (a: Group, b: Group) => Number(a.name === '') - Number(b.name === '') || compare(a.name, b.name);
  const worst = (a: Group, b: Group) => rankOf(a.cells[0]) - rankOf(b.cells[0]) || names(a, b);
  return groups.sort(options.order === 'worst' ? worst : names);
}

const namesFirst = (a: Cell, b: Cell) => compare(a.entity.name, b.entity.name);

/** Those that are fine stand by name, so that a board on which all is well stands still. */
function worstFirst(options: PulseOptions): (a: Cell, b: Cell) => number {
  const badness = ({ entity, fine, standing }: Cell) => {
    const { state } = entity.readings;
    const value = fine || standing !== 'judged' || !state ? 0 : state.value;
    return lowIsBad(state?.field, options) ? value : -value;
  };
  return (a, b) => rankOf(a) - rankOf(b) || badness(a) - badness(b) || namesFirst(a, b);
}

const RANKS: Readonly<Record<Standing, number>> = { dark: 0, judged: 1, unknown: 2, few: 4, idle: 5 };

function rankOf(cell: Cell | undefined): number {
  return !cell ? 6 : cell.fine ? 3 : RANKS[cell.standing];
}

const { compare } = new Intl.Collator(undefined, { numeric: true });

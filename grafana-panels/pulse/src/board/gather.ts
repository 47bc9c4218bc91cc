import { FieldType, getFieldDisplayName, type DataFrame, type Field } from '@grafana/data';
import { numberAt, textAt, type Wanted } from '../../../shared/fields/find';
import { GROUPS, LAST_SEEN, NAMES, ROLES, wantedNumbers, type PulseOptions, type Role } from '../options';

/** Values of one role, each at a time (epoch ms) or at a row. */
export interface Column {
  readonly field: Field;
  at: number[];
  values: number[];
}

/** Columns by what they are for. */
export type Columns = Map<Role, Column>;

/** Everything that the frames say of one name, before it is put together. */
export interface Gathered {
  readonly id: string;
  readonly name: string;
  readonly dimension: string;
  readonly group: string;
  /** From tables: a value a row. */
  readonly rows: Columns;
  /** From series: a value a step. */
  readonly points: Columns;
  readonly places: Array<{ fields: readonly Field[]; row: number }>;
  lastSeen?: number;
  /** An open incident says that it is silent: since when (epoch ms), where that is known. */
  silence?: { since: number | null };
}

/** What was found in the frames. */
export interface Found {
  readonly entities: Map<string, Gathered>;
  /** Roles that some field has. */
  readonly roles: ReadonlySet<Role>;
  /** Rows without a name. */
  readonly skipped: number;
}

/**
 * Gathers what frames say by name. Tables have the name in a column, series in a label or, one below the other, in a column too.
 * One bad row costs no other.
 */
export function gather(frames: readonly DataFrame[], options: PulseOptions): Found {
  const entities = new Map<string, Gathered>();
  const rolesOf = roleFinder(frames, options);
  const roles = new Set<Role>();
  let skipped = 0;

  const entityOf = (name: string, dimension: string, group: string): Gathered => {
    const entity = entities.get(idOf(name, group)) ?? nothingOf(name, dimension, group);
    entities.set(entity.id, entity);
    return entity;
  };
  const columnsOf = (columns: Columns, field: Field): readonly Column[] =>
    rolesOf(field).map((role) => {
      const column = columns.get(role) ?? { field, at: [], values: [] };
      columns.set(role, column);
      return column;
    });

  for (const frame of frames) {
    const time = frame.fields.find(({ type, name }) => type === FieldType.time && !LAST_SEEN.includes(name));
    const numbers = frame.fields.filter((field) => field.type === FieldType.number && rolesOf(field).length > 0);
    numbers.flatMap(rolesOf).forEach((role) => roles.add(role));
    const name = nameField(frame, options);
    if (name) {
      const group = groupField(frame, options, name);
      const seen = frame.fields.find((field) => field.type === FieldType.time && LAST_SEEN.includes(field.name));
      for (let row = 0; row < frame.length; row++) {
        const text = textAt(name, row);
        if (text === '') {
          skipped++;
          continue;
        }
        const entity = entityOf(text, name.name, textAt(group, row));
        for (const field of numbers) {
          take(columnsOf(time ? entity.points : entity.rows, field), field, time, row);
        }
        const last = numberAt(seen, row);
        if (last !== null) {
          entity.lastSeen = Math.max(last, entity.lastSeen ?? last);
        }
        if (!time) {
          entity.places.push({ fields: frame.fields, row });
        }
      }
    } else if (time) {
      for (const field of numbers) {
        const label = labelOf(field, options.name, NAMES);
        if (label === undefined) {
          skipped++;
          continue;
        }
        const entity = entityOf(
          label.value,
          label.name,
          labelOf(field, options.group, GROUPS, label.name)?.value ?? ''
        );
        takeAll(columnsOf(entity.points, field), field, time);
        if (entity.places.length === 0) {
          entity.places.push({ fields: [field], row: Math.max(0, frame.length - 1) });
        }
      }
    }
  }
  return { entities, roles, skipped };
}

/** Adds a whole series. Most have a number at every time, and are copied as they are: a board has tens of thousands of values. */
function takeAll(columns: readonly Column[], field: Field, time: Field): void {
  const isWhole = field.values.every((value: unknown) => typeof value === 'number' && Number.isFinite(value));
  for (const column of columns) {
    if (isWhole && column.at.length === 0) {
      column.at = time.values.slice();
      column.values = field.values.slice();
    } else {
      field.values.forEach((_, row) => take([column], field, time, row));
    }
  }
}

/** Something of which nothing is known but its name. */
export function nothingOf(name: string, dimension: string, group: string): Gathered {
  return { id: idOf(name, group), name, dimension, group, rows: new Map(), points: new Map(), places: [] };
}

function idOf(name: string, group: string): string {
  return JSON.stringify([group, name]);
}

/** Adds the value of a row, where there is one, at its time or else at its place. */
function take(columns: readonly Column[], field: Field, time: Field | undefined, row: number): void {
  const value = numberAt(field, row);
  if (value === null) {
    return;
  }
  for (const { at, values } of columns) {
    at.push(time ? Number(time.values[row]) : row);
    values.push(value);
  }
}

/** Tells what a field is for. Of several usual names of a role, the best that the frames have is taken everywhere. */
function roleFinder(frames: readonly DataFrame[], options: PulseOptions): (field: Field) => readonly Role[] {
  const byField = new Map<Field, readonly Role[]>();
  const wanted = wantedNumbers(options);
  const all = frames.flatMap((frame) =>
    frame.fields.filter(({ type }) => type === FieldType.number).map((field) => ({ field, frame }))
  );
  const there = new Set(all.map(({ field }) => field.name));
  const best = (want: Wanted) => want.names.find((name) => there.has(name));
  const names = ROLES.map((role) => [role, wanted[role].chosen, best(wanted[role])] as const);
  for (const { field, frame } of all) {
    const roles = names.flatMap(([role, chosen, usual]) => {
      const fits = chosen
        ? field.name === chosen || getFieldDisplayName(field, frame) === chosen
        : field.name === usual;
      return fits ? [role] : [];
    });
    byField.set(field, roles);
  }
  // Series of a source that names them all alike can only be the volume.
  const series = frames.filter((frame) => frame.fields.some(({ type }) => type === FieldType.time));
  const unnamed = series.flatMap(({ fields }) => fields.filter(({ type }) => type === FieldType.number));
  if (options.volume === '' && unnamed.every((field) => byField.get(field)?.length === 0)) {
    unnamed.forEach((field) => byField.set(field, ['volume']));
  }
  return (field) => byField.get(field) ?? [];
}

function nameField(frame: DataFrame, { name, group }: PulseOptions): Field | undefined {
  const texts = frame.fields.filter(({ type }) => type === FieldType.string);
  if (name) {
    return texts.find((field) => field.name === name || getFieldDisplayName(field, frame) === name);
  }
  const usual = NAMES.map((each) => texts.find((field) => field.name === each)).find((field) => field !== undefined);
  return usual ?? texts.find((field) => field.name !== group);
}

function groupField(frame: DataFrame, { group }: PulseOptions, name: Field): Field | undefined {
  const texts = frame.fields.filter((field) => field.type === FieldType.string && field !== name);
  if (group) {
    return texts.find((field) => field.name === group || getFieldDisplayName(field, frame) === group);
  }
  return GROUPS.map((each) => texts.find((field) => field.name === each)).find((field) => field !== undefined);
}

function labelOf(
  { labels = {} }: Field,
  chosen: string,
  usual: readonly string[],
  taken?: string
): { name: string; value: string } | undefined {
  const names = chosen ? [chosen] : [...usual, ...(taken === undefined ? Object.keys(labels) : [])];
  const name = names.find((each) => each !== taken && Boolean(labels[each]));
  return name === undefined ? undefined : { name, value: labels[name] ?? '' };
}

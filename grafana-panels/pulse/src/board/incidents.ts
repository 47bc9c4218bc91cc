import { FieldType, type DataFrame, type Field } from '@grafana/data';
import { numberAt, textAt } from '../../../shared/fields/find';
import { nothingOf, type Gathered } from './gather';

/** The kind and state of the incidents that make a cell dark. */
const [DARK, OPEN] = ['vmta_dark', 'open'] as const;

/** A VMTA of which an open incident says that it is silent. */
export interface Silence {
  /** Text of servers: only ever shown as text. */
  readonly name: string;
  readonly pool: string;
  /** Epoch ms; null where it is not known. */
  readonly since: number | null;
  /** Where the names stand that are not empty, for data links. */
  readonly place: Gathered['places'][number];
}

/** Whether a frame is a table of incidents, as the datasource answers it: its numbers are none of the cells'. */
export function isOfIncidents(frame: DataFrame): boolean {
  return ['kind', 'state', 'vmta'].every((name) => textField(frame, name) !== undefined);
}

/** The silent VMTAs of a table of incidents. */
export function silencesOf(frame: DataFrame): Silence[] {
  const [kind, state, vmta, pool] = ['kind', 'state', 'vmta', 'pool'].map((name) => textField(frame, name));
  const start = frame.fields.find(({ name, type }) => name === 'start' && type === FieldType.time);
  return Array.from({ length: frame.length }, (_, row) => row)
    .filter((row) => textAt(kind, row) === DARK && textAt(state, row) === OPEN && textAt(vmta, row) !== '')
    .map((row) => {
      const fields = [vmta, pool].filter((field): field is Field => textAt(field, row) !== '');
      const since = numberAt(start, row);
      return { name: textAt(vmta, row), pool: textAt(pool, row), since, place: { fields, row } };
    });
}

/** Adds what incidents tell, also of VMTAs that nothing else tells of: one without mail in the whole time has no row. */
export function addSilences(entities: Map<string, Gathered>, silences: readonly Silence[]): void {
  for (const { name, pool, since, place } of silences) {
    const known = [...entities.values()].filter((entity) => entity.dimension === 'vmta' && entity.name === name);
    if (known.length === 0) {
      const unheard = nothingOf(name, 'vmta', pool);
      entities.set(unheard.id, { ...unheard, places: [place], silence: { since } });
    }
    known.forEach((entity) => {
      entity.silence = { since };
    });
  }
}

function textField(frame: DataFrame, wanted: string): Field | undefined {
  return frame.fields.find(({ name, type }) => name === wanted && type === FieldType.string);
}

import { FieldType, type DataFrame, type Field } from '@grafana/data';
import { numberAt, textAt } from '../../../shared/fields/find';
import { NUMBERS, TEXTS, TIMES, type FileFields, type LogFile } from './types';

/** The files of frames, or why there are none. */
export type ReadFiles =
  | { readonly files: readonly LogFile[]; readonly fields: FileFields; readonly skipped: number }
  | { readonly missing: readonly string[] };

const NEEDED = ['id', 'name', 'status'] as const;

/** Reads the first frame that has what a file needs. Rows without an id are left out and counted. */
export function readFiles(frames: readonly DataFrame[]): ReadFiles {
  let missing: readonly string[] = NEEDED;
  for (const frame of frames) {
    const fields = fieldsOf(frame);
    const lacking = NEEDED.filter((name) => !fields[name]);
    if (lacking.length === 0) {
      const all = Array.from({ length: frame.length }, (_, row) => fileAt(fields, row));
      const files = all.filter(({ id }) => id !== '');
      return { files, fields, skipped: all.length - files.length };
    }
    missing = lacking.length < missing.length ? lacking : missing;
  }
  return { missing };
}

function fieldsOf(frame: DataFrame): FileFields {
  const named = (names: readonly string[], ...types: FieldType[]): Array<[string, Field]> =>
    frame.fields
      .filter(({ name, type }) => names.includes(name) && types.includes(type))
      .map((field) => [field.name, field]);
  return Object.fromEntries([
    ...named(TEXTS, FieldType.string, FieldType.enum),
    // An id may be a number elsewhere.
    ...named(['id'], FieldType.number, FieldType.string),
    ...named(NUMBERS, FieldType.number),
    ...named(TIMES, FieldType.time),
  ]);
}

function fileAt(fields: FileFields, row: number): LogFile {
  const of = <Name extends keyof LogFile>(
    names: readonly Name[],
    read: (field: Field | undefined, row: number) => unknown
  ) => names.map((name) => [name, read(fields[name], row)]);
  return Object.fromEntries([...of(TEXTS, textAt), ...of([...NUMBERS, ...TIMES], numberAt)]) as LogFile;
}

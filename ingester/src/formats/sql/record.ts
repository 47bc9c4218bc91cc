import { recordOfWord } from '../overrides';
import type { FormatRules } from '../schemas';
import type { Cells } from './cells';
import type { Scope } from './scope';
import { lookUpCode, quote } from './text';

/** Codes of the stored record types. */
export const recordCodes = { d: 1, b: 2, t: 3, tq: 4, f: 5, block: 6, remote: 7, r: 8, rs: 9 } as const;

const enumType = `Enum8(${Object.entries(recordCodes)
  .map(([name, code]) => `'${name}' = ${code}`)
  .join(', ')})`;

/** References to what this file adds to the scope. */
export interface RecordSql {
  /** Int8 code of the record type, 0 where the type cell holds no known word. */
  code: string;
  /** Text of what is wrong with the type cell, '' where nothing is. */
  error: string;
}

/** Adds `record`: what kind of line it is, by the word in the type cell. */
export function addRecord(scope: Scope, cells: Cells, rules: FormatRules): RecordSql {
  const resolve = (word: string): number => {
    const name = word === 'rb' ? (cells.layout.blockLog ? 'block' : 'remote') : word;
    return recordCodes[name as keyof typeof recordCodes];
  };
  const words = [...recordOfWord(rules)].map(([word, record]): [string, number] => [word, resolve(record)]);
  const type = scope.helper('part_type', `lower(trimBoth(${cells.distinct('type')}))`);
  let code = lookUpCode(type, words);
  const byAction = Object.keys(rules.bounces.recordsByAction);
  if (cells.has('dsnAction') && byAction.length > 0) {
    // A word such as `acct` names the kind of file: the action says which outcome the row itself is.
    const actions = Object.entries(rules.bounces.actions).map(([a, r]): [string, number] => [a, resolve(r)]);
    const action = lookUpCode(`lower(trimBoth(${cells.distinct('dsnAction')}))`, actions);
    const outcome = scope.helper('part_outcome', action);
    const isKind = `${type} IN (${byAction.map(quote).join(', ')})`;
    code = `if(${isKind} AND ${outcome} != 0, ${outcome}, ${code})`;
  }
  const record = scope.helper('part_record', code);
  scope.output('record', `CAST(if(${record} = 0, toInt8(${recordCodes.d}), ${record}) AS ${enumType})`);
  const headerCell = quote(typeWord(cells));
  const raw = cells.raw('type');
  const error = `if(${record} != 0, '', if(${type} = ${headerCell}, 'repeated header line', concat('unknown record type \\'', substringUTF8(toValidUTF8(${raw}), 1, 60), '\\'')))`;
  return { code: record, error };
}

/** The header's own cell over the type column: a data row that repeats it is a header line inside the file. */
function typeWord(cells: Cells): string {
  const position = cells.layout.positions.type?.[0] ?? 0;
  return (cells.layout.header[position] ?? '')
    .replace(/^\uFEFF/, '')
    .trim()
    .toLowerCase();
}

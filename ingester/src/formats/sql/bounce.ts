import type { FormatRules } from '../schemas';
import type { Cells } from './cells';
import { recordCodes } from './record';
import type { Scope } from './scope';
import { lookUpCode, quote, quoteList } from './text';

/** Codes of the stored bounce classes. */
export const classCodes = { '': 0, hard: 1, soft: 2, block: 3 } as const;

const enumType = `Enum8(${Object.entries(classCodes)
  .map(([name, code]) => `'${name}' = ${code}`)
  .join(', ')})`;

/** How many characters of a diagnostic text are stored. */
const diagLength = 500;

/** A status code in running text: not a part of an address such as 5.9.12.33. */
const statusInText = '(?:^|[^0-9.])([245]\\.[0-9]{1,3}\\.[0-9]{1,3})(?:[^0-9.]|\\.[^0-9]|\\.?$)';

/** Class by the diagnostic text: the first rule that matches says it, `soft` where none does. */
export function classOfText(text: string, rules: FormatRules['bounces']['rules']): string {
  // Neighbours of one class are one pattern: the order among them makes no difference.
  const groups: { code: number; patterns: string[] }[] = [];
  for (const rule of rules) {
    const last = groups.at(-1);
    if (last?.code === classCodes[rule.class]) last.patterns.push(rule.pattern);
    else groups.push({ code: classCodes[rule.class], patterns: [rule.pattern] });
  }
  const branches = groups.map(({ code, patterns }) => {
    const pattern = `(?i)${patterns.map((one) => `(?:${one})`).join('|')}`;
    return `match(${text}, ${quote(pattern)}), ${code}`;
  });
  return branches.length === 0 ? `${classCodes.soft}` : `multiIf(${branches.join(', ')}, ${classCodes.soft})`;
}

/**
 * Adds `smtpStatus`, `bounceCategory`, `diag` and `bounceClass`. The class goes by the category, then (with no or an
 * unknown category) by the status, then by the whole diagnostic text. An attempt that was only deferred is never `hard`.
 */
export function addBounce(scope: Scope, cells: Cells, rules: FormatRules, record: string): void {
  const { categories, hardStatuses, rules: texts } = rules.bounces;
  const full = cells.raw('dsnDiag');
  const logged = scope.helper(
    'part_status',
    `extract(${cells.distinct('dsnStatus')}, '^ *([245]\\\\.[0-9]{1,3}\\\\.[0-9]{1,3})')`,
  );
  const status = scope.output(
    'smtpStatus',
    cells.has('dsnDiag')
      ? `toLowCardinality(if(${logged} != '', ${logged}, extract(${full}, ${quote(statusInText)})))`
      : logged,
  );
  const category = scope.helper('part_category', `lower(trimBoth(${cells.distinct('bounceCat')}))`);
  // Releases that fill the column on deliveries write this word, which is no bounce category.
  const stored = scope.output('bounceCategory', `transform(${category}, ['success'], [''], ${category})`);
  const valid = `if(isValidUTF8(${full}), ${full}, toValidUTF8(${full}))`;
  const cut = `if(length(${full}) <= ${diagLength}, ${valid}, leftUTF8(toValidUTF8(left(${full}, ${diagLength * 4})), ${diagLength}))`;
  scope.output('diag', cells.has('dsnDiag') ? cut : "''");

  const kinds = { ...classCodes, expired: 4 };
  const known = Object.entries(categories).map(([name, kind]): [string, number] => [name, kinds[kind]]);
  const kind = scope.helper('part_category_class', lookUpCode(stored, known));
  const failed = [recordCodes.b, recordCodes.t, recordCodes.remote, recordCodes.block].join(', ');
  const isHard = `${kind} = ${classCodes.hard} OR (${kind} = 0 AND ${status} IN ${quoteList(hardStatuses)})`;
  const final = `${record} IN (${recordCodes.b}, ${recordCodes.remote})`;
  const code =
    `multiIf(${record} NOT IN (${failed}), 0, ${kind} = ${classCodes.block}, ${classCodes.block}, ` +
    // An expired message made no attempt of its own, so the last answer is not its class.
    `${kind} = ${kinds.expired}, ${classCodes.soft}, ` +
    `${isHard}, if(${final}, ${classCodes.hard}, ${classCodes.soft}), ${classOfText(full, texts)})`;
  scope.output('bounceClass', `CAST(toInt8(${code}) AS ${enumType})`);
}

import type { FormatRules } from '../schemas';
import { quote, quoteList } from './text';

/** A code of a vendor, such as TSS04, S3140, RP-001 or RL000003; else the status. */
const codes = [
  '\\b[A-Z]{1,4}[-_]?[0-9]{2,6}(?:_[0-9]{1,4})?\\b',
  '\\b[245]\\.[0-9]{1,3}\\.[0-9]{1,3}\\b',
  '^[245][0-9]{2}\\b',
];

/** What looks like a code and is the number of a standard. */
const STANDARD = '\\bRFC[- ]?[0-9]{3,5}\\b';

/**
 * SELECT list of what the rules say of `reason`, a string: `class`, `vendor`, `code` and `rule`. The first rule that
 * matches says it; `other` and an empty rule where none does.
 */
export function classifySql(reason: string, { reasons: { rules } }: FormatRules): string {
  const branches = rules.map(
    ({ pattern }, index) => `match(${reason}, ${quote(`(?i)${pattern}`)}), ${index + 1}`,
  );
  const first = branches.length === 0 ? '0' : `multiIf(${branches.join(', ')}, 0)`;
  const pick = (values: string[], none: string) => `${quoteList([none, ...values])}[${'first_rule'} + 1]`;
  const coded = `replaceRegexpAll(${reason}, ${quote(STANDARD)}, '')`;
  const found = codes.map((pattern) => `extract(${coded}, ${quote(pattern)})`);
  return [
    `(${first}) AS first_rule`,
    `${pick(
      rules.map((rule) => rule.class),
      'other',
    )} AS class`,
    `${pick(
      rules.map((rule) => rule.vendor),
      '',
    )} AS vendor`,
    `multiIf(${found
      .slice(0, -1)
      .map((sql) => `${sql} != '', ${sql}`)
      .join(', ')}, ${found.at(-1) ?? "''"}) AS code`,
    `${pick(
      rules.map((rule) => rule.id),
      '',
    )} AS rule`,
  ].join(',\n');
}

import { dimensions } from '../model';

/** What stands before the name of a variable in the address of a dashboard. */
const VARIABLE = 'var-';

/** Value of a variable that stands at "All". */
const ALL = '$__all';

/** Grafana's operators that a query has under another name. */
const OPERATORS: Readonly<Record<string, string>> = {
  '=|': 'in',
  '!=|': 'notIn',
  '=~': 'regex',
  '!~': 'notRegex',
};

/** What Grafana writes within a condition for the characters that part it. */
const ESCAPED: readonly (readonly [string, string])[] = [
  ['__gfp__', '|'],
  ['__gfc__', ','],
  ['__gfh__', '#'],
];

/**
 * Parameters with the variables of a Grafana dashboard, as its address has them, under the names that a query has:
 * dimensions, the conditions that people added (`var-filters`), the text that is searched for. Other variables are none of
 * ours, and one at "All" asks for nothing.
 */
export function withoutVariables(parameters: Readonly<Record<string, string[]>>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, values]) =>
      name.startsWith(VARIABLE) ? parameterOf(name.slice(VARIABLE.length), values) : [[name, values]],
    ),
  );
}

function parameterOf(name: string, given: readonly string[]): [string, string[]][] {
  const values = given.filter((value) => value !== '');
  if (values.length === 0 || values.includes(ALL)) return [];
  if (name === 'filters') return [['filters', [JSON.stringify(values.map(conditionOf))]]];
  return name === 'search' || Object.hasOwn(dimensions, name) ? [[name, values]] : [];
}

/** `key|operator|value|…`, a name that is shown after each with a comma between, and after a `#` where it came from. */
function conditionOf(text: string): { dimension: string; operator: string; values: string[] } {
  const [condition = ''] = text.split('#');
  const [dimension = '', operator = '', ...values] = condition
    .split('|')
    .map((part) => unescaped(part.split(',')[0] ?? ''));
  return { dimension, operator: OPERATORS[operator] ?? operator, values };
}

function unescaped(text: string): string {
  return ESCAPED.reduce((result, [written, character]) => result.replaceAll(written, character), text);
}

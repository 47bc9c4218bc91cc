import type { WatchtowerQuery } from '../types';
import { interpolate, type Templates } from './variables';

/** Variables as Grafana's template service replaces them, formats included. */
function templates(values: Record<string, string | string[]>, all: string[] = [], multi: string[] = []): Templates {
  return {
    isAll: (name) => all.includes(name),
    replace: (text, _scoped, format) =>
      text.replace(/\$(\w+)|\$\{(\w+)\}|\[\[(\w+)\]\]/g, (match, a?: string, b?: string, c?: string) => {
        const name = a ?? b ?? c ?? '';
        const value = values[name];
        if (value === undefined) {
          return match;
        }
        if (typeof format === 'function') {
          return format(value, { multi: multi.includes(name) });
        }
        const list = Array.isArray(value) ? value : [value];
        return format === 'regex' ? `(${list.map((each) => each.replace(/[.+]/g, '\\$&')).join('|')})` : list.join(',');
      }),
  };
}

const query = (parts: Partial<WatchtowerQuery>): WatchtowerQuery => ({ refId: 'A', ...parts });
const filtered = (values: string[], operator: '=' | '!=' | 'regex' | 'contains' = '=') =>
  query({ filters: [{ dimension: 'provider', operator, values }] });

describe('filters', () => {
  test('every value of a variable is one of the filter, characters of regular expressions as they are', () => {
    const known = templates({ p: ['a.b', 'c+d', "it's"] });
    expect(interpolate(filtered(['$p']), known, {}).filters).toEqual([
      { dimension: 'provider', operator: 'in', values: ['a.b', 'c+d', "it's"] },
    ]);
    expect(interpolate(filtered(['${p}', 'x'], '!='), known, {}).filters?.[0]).toMatchObject({
      operator: 'notIn',
      values: ['a.b', 'c+d', "it's", 'x'],
    });
    expect(interpolate(filtered(['[[p]]']), known, {}).filters?.[0]?.values).toHaveLength(3);
  });

  test('regular expressions get escaped values', () => {
    expect(interpolate(filtered(['^$p$'], 'regex'), templates({ p: ['a.b', 'c'] }), {}).filters?.[0]?.values).toEqual([
      '^(a\\.b|c)$',
    ]);
  });

  test('"All" and a variable without a value ask for no condition', () => {
    expect(interpolate(filtered(['$p']), templates({ p: ['a', 'b'] }, ['p']), {}).filters).toEqual([]);
    expect(interpolate(filtered(['$p']), templates({ p: '' }), {}).filters).toEqual([]);
    expect(interpolate(filtered(['$p'], 'regex'), templates({ p: ['a'] }, ['p']), {}).filters).toEqual([]);
  });

  test('a value of a repeated panel comes before "All"', () => {
    const scoped = { p: { text: 'a', value: 'a' } };
    expect(interpolate(filtered(['$p']), templates({ p: 'a' }, ['p']), scoped).filters?.[0]?.values).toEqual(['a']);
  });

  test('an empty value that a person chose stays', () => {
    expect(interpolate(filtered(['']), templates({}), {}).filters?.[0]?.values).toEqual(['']);
  });

  test('a variable nobody knows stays as it was written, so that the API names it', () => {
    expect(interpolate(filtered(['$nobody']), templates({}), {}).filters?.[0]?.values).toEqual(['$nobody']);
  });
});

test('lists and texts take values too', () => {
  const known = templates({ by: ['vmta', 'pool'], id: '<a@b>' });
  const result = interpolate(
    query({ groupBy: ['$by'] as never, messageId: '$id', job: 'J-$id', path: ['provider', '$by'] as never }),
    known,
    {}
  );
  expect(result).toMatchObject({
    groupBy: ['vmta', 'pool'],
    messageId: '<a@b>',
    job: 'J-<a@b>',
    path: ['provider', 'vmta', 'pool'],
  });
});

describe('SQL', () => {
  const sql = (text: string, known: Templates) => interpolate(query({ queryType: 'sql', sql: text }), known, {}).sql;

  test('several values are a quoted list, quotes and backslashes made harmless', () => {
    expect(sql('x IN ($p)', templates({ p: ["a'b", 'c\\', '\\'] }))).toBe("x IN ('a\\'b', 'c\\\\', '\\\\')");
    expect(sql('x IN ($p)', templates({ p: "o'" }, [], ['p']))).toBe("x IN ('o\\'')");
  });

  test('one value stands as it is, but cannot end the quotes around it', () => {
    expect(sql("x = '$p' LIMIT $n", templates({ p: "a' OR 1=1 --\\", n: '5' }))).toBe(
      "x = 'a\\' OR 1=1 --\\\\' LIMIT 5"
    );
  });

  test("the API's own macros stay for the API", () => {
    const text = 'SELECT $__timeInterval(time) WHERE $__timeFilter(time) AND $__interval_s > 1';
    expect(sql(text, templates({}))).toBe(text);
  });
});

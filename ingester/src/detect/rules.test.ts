import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RulesError } from '../formats';
import { loadDetectionRules, parseRules, rulesMark, SHIPPED_RULES } from './loadRules';
import { KINDS, ruleFor } from './rules';

const lines = (...text: string[]) => text.join('\n');

it('lays a site’s settings over the shipped ones, one by one', () => {
  const rules = parseRules(
    lines(
      '{',
      '  // Ours is a small site.',
      '  "incidents": { "mergeMinutes": 45 },',
      '  "kinds": { "throttling": { "minAttempts": 10 }, "new_reason": { "on": false } },',
      '  "overrides": [{ "name": "slow", "providers": ["gmx"], "kinds": { "throttling": { "rate": 0.5 } } }]',
      '}',
    ),
    'incidents.json',
  );
  expect(rules.incidents).toEqual({ ...SHIPPED_RULES.incidents, mergeMinutes: 45 });
  expect(rules.kinds.throttling).toEqual({ ...SHIPPED_RULES.kinds.throttling, minAttempts: 10 });
  expect(rules.kinds.new_reason.on).toBe(false);
  expect(rules.kinds.block).toEqual(SHIPPED_RULES.kinds.block);
  expect(ruleFor(rules, 'throttling', 'gmx')).toEqual({ ...rules.kinds.throttling, rate: 0.5 });
  expect(ruleFor(rules, 'throttling', 'gmail')).toEqual(rules.kinds.throttling);
  expect(Object.keys(rules.kinds)).toEqual(KINDS);
});

// A rule that is not understood and not told would be thought to be in force.
it.each([
  [
    'an unknown field',
    ['{', '"kinds": {', '"block": {', '"minAtempts": 3 } } }'],
    4,
    'kinds.block.minAtempts',
  ],
  ['an unknown kind', ['{ "kinds": {', '"blocks": {} } }'], 2, 'kinds.blocks'],
  ['an unknown section', ['{', '', '"kind": {} }'], 3, 'kind: is not known'],
  [
    'a negative window',
    ['{ "kinds": { "bounce_spike": {', '"on": true,', '"windowMinutes": -15 } } }'],
    3,
    'windowMinutes',
  ],
  ['a window of half steps', ['{ "kinds": { "block": {', '"windowMinutes": 12 } } }'], 2, 'whole steps'],
  ['a rate above one', ['{ "kinds": { "block": { "rate":', '25 } } }'], 2, 'at most 1'],
  ['a text for a number', ['{ "incidents": {', '"quietSteps": "3" } }'], 2, 'a whole number'],
  [
    'a window of a provider',
    [
      '{ "overrides": [{ "name": "a", "providers": ["gmx"], "kinds": { "block": {',
      '"windowMinutes": 30 } } }] }',
    ],
    2,
    'windowMinutes',
  ],
  [
    'a provider in two overrides',
    [
      '{ "overrides": [',
      '{ "name": "a", "providers": ["gmx", "yahoo"], "kinds": {} },',
      '{ "name": "b", "providers": [',
      '"yahoo"], "kinds": {} } ] }',
    ],
    4,
    '"yahoo" stands in "a" already',
  ],
  [
    'a name that is used twice',
    [
      '{ "overrides": [',
      '{ "name": "a", "providers": ["gmx"], "kinds": {} },',
      '{ "name": "a", "providers": ["yahoo"], "kinds": {} } ] }',
    ],
    3,
    'used twice',
  ],
  ['what is no JSON', ['{', '"kinds": {', '} "x"'], 3, 'not JSON'],
])('refuses %s, and names its line', (_, text, line, says) => {
  const pattern = new RegExp(`incidents\\.json:${line}: .*${says.replace(/[.*]/g, '\\$&')}`);
  expect(() => parseRules(lines(...text), 'incidents.json')).toThrow(RulesError);
  expect(() => parseRules(lines(...text), 'incidents.json')).toThrow(pattern);
});

it('names every mistake of a file at once', () => {
  const text = lines('{ "kinds": {', '"block": { "rate": 2 },', '"vmta_dark": { "hours": 1 } } }');
  expect(() => parseRules(text, 'f')).toThrow(/f:2: .*\nf:3: /);
});

it('takes the shipped rules where a folder has none, and knows when a file changed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchtower-rules-'));
  try {
    expect(loadDetectionRules(folder)).toBe(SHIPPED_RULES);
    const none = rulesMark(folder);
    const file = join(folder, 'incidents.json');
    writeFileSync(file, '{ "kinds": { "block": { "rate": 0.4 } } }');
    expect(loadDetectionRules(folder).kinds.block.rate).toBe(0.4);
    const first = rulesMark(folder);
    expect(first).not.toBe(none);
    utimesSync(file, 1, 1);
    expect(rulesMark(folder)).not.toBe(first);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

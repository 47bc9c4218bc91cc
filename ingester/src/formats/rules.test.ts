import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { complaintReporters, loadRules } from './rules';
import { quote } from './sql/text';
import { openEngine } from './testing';

describe('the shipped rule files', () => {
  const engine = openEngine();
  afterAll(() => engine.close());
  const { bounces, providers } = loadRules();

  // A rule that an earlier one shadows never says anything, and nobody would notice.
  it('has every bounce rule match its own examples, and no earlier rule', async () => {
    const cases = bounces.rules.flatMap(({ id, examples }) => examples.map((text) => ({ id, text })));
    const patterns = bounces.rules.map(({ pattern }) => `match(text, ${quote(`(?i)${pattern}`)})`);
    const ids = bounces.rules.map(({ id }) => quote(id));
    const rows = cases.map(({ id, text }) => `(${quote(id)}, ${quote(text)})`).join(', ');
    const branches = patterns.map((sql, index) => `${sql}, ${ids[index]}`).join(', ');
    const found = await engine.query(
      `SELECT id, text, multiIf(${branches}, 'none') AS first FROM values('id String, text String', ${rows})`,
    );
    expect(found.filter((row) => row.id !== row.first)).toEqual([]);
  });

  it('lists no domain, host suffix or roll-up under two providers', () => {
    const owners = new Map<string, string>();
    const clashes: string[] = [];
    for (const { name, domains, mx } of providers.providers) {
      for (const entry of new Set([...domains, ...mx])) {
        const owner = owners.get(entry);
        if (owner !== undefined && owner !== name) clashes.push(`${entry}: ${owner}, ${name}`);
        owners.set(entry, name);
      }
    }
    expect(clashes).toEqual([]);
  });

  it('says who reports complaints', () => {
    const reporters = complaintReporters(loadRules());
    expect(reporters).toEqual(expect.arrayContaining(['yahoo', 'microsoft', 'comcast', 'gmx']));
    expect(reporters).not.toContain('gmail');
    expect(reporters).not.toContain('apple');
  });
});

describe("a site's rule files", () => {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  const put = (name: string, content: unknown) =>
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  afterEach(() => {
    for (const name of ['headers.json', 'providers.json', 'bounces.json', 'reasons.json'])
      rmSync(join(folder, name), { force: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('come first and win, and leave the rest as shipped', () => {
    put('headers.json', { columns: { vmta: ['binding', 'pool'] }, keepHeaders: ['list-*'] });
    put('providers.json', {
      providers: [
        { name: 'yahoo', domains: ['gmail.com'], reportsComplaints: false },
        { name: 'ours', domains: ['ours.example'] },
      ],
    });
    put('bounces.json', {
      records: { b: ['hb'] },
      categories: { 'quota-issues': 'hard' },
      rules: [{ id: 'ours', class: 'block', pattern: 'go away', examples: ['go away'] }],
    });
    put('reasons.json', {
      rules: [
        { id: 'ours', class: 'greylisting', pattern: 'come back', examples: ['come back'] },
        { id: 'greylisting', class: 'other', pattern: 'grey', examples: ['grey'] },
      ],
    });
    const rules = loadRules(folder);
    expect(rules.reasons.rules.slice(0, 2).map(({ id }) => id)).toEqual(['ours', 'greylisting']);
    expect(rules.reasons.rules.filter(({ id }) => id === 'greylisting')).toHaveLength(1);
    expect(rules.reasons.rules.map(({ id }) => id)).toContain('gmail-rate');
    expect(rules.headers.columns.vmta).toEqual(expect.arrayContaining(['binding', 'pool', 'vmta']));
    expect(rules.headers.columns.vmtaPool).not.toContain('pool');
    expect(rules.headers.keepHeaders).toEqual(['list-*']);
    const named = (name: string) => rules.providers.providers.find((provider) => provider.name === name);
    expect(named('yahoo')?.domains).toEqual(expect.arrayContaining(['gmail.com', 'aol.com']));
    expect(named('gmail')?.domains).not.toContain('gmail.com');
    expect(complaintReporters(rules)).not.toContain('yahoo');
    expect(named('ours')?.domains).toEqual(['ours.example']);
    expect(rules.bounces.rules[0]?.id).toBe('ours');
    expect(rules.bounces.categories['quota-issues']).toBe('hard');
    expect(rules.bounces.categories['bad-mailbox']).toBe('hard');
    expect(rules.bounces.records.b).toEqual(expect.arrayContaining(['hb', 'bounce']));
  });

  it.each([
    ['bounces.json', '{ "rules": [', /bounces\.json: .*JSON/],
    [
      'bounces.json',
      { rules: [{ id: 'look', class: 'block', pattern: '(?=ahead)', examples: ['ahead'] }] },
      /bounces\.json: rules\[0\] \(look\)\.pattern: must be an RE2 pattern/,
    ],
    [
      'bounces.json',
      { rules: [{ id: 'open', class: 'block', pattern: '(', examples: ['('] }] },
      /bounces\.json: rules\[0\] \(open\)\.pattern/,
    ],
    ['bounces.json', { categories: { other: 'medium' } }, /bounces\.json: categories\.other/],
    [
      'reasons.json',
      { rules: [{ id: 'odd', class: 'slow', pattern: 'x', examples: ['x'] }] },
      /reasons\.json: rules\[0\] \(odd\)\.class: must be one of throttling, block/,
    ],
    [
      'reasons.json',
      { rules: [{ id: 'odd', class: 'block', pattern: 'x', examples: ['x'], klass: 1 }] },
      /reasons\.json: rules\[0\] \(odd\): .*klass/,
    ],
    ['reasons.json', { rules: [{ id: 'bare', class: 'block', pattern: 'x' }] }, /\(bare\)\.examples/],
    [
      'providers.json',
      {
        providers: [
          { name: 'a', domains: ['x.example'] },
          { name: 'b', domains: ['x.example'] },
        ],
      },
      /providers\.json: providers: domains: x\.example is listed twice/,
    ],
    [
      'providers.json',
      { providers: [{ name: 'a', domains: ["x'example"] }] },
      /providers\.json: providers\[0\] \(a\)\.domains\[0\]: must be a host name/,
    ],
    ['headers.json', { columns: { nonsense: ['x'] } }, /headers\.json: columns/],
    [
      'headers.json',
      { columns: { vmta: ['x'], queue: ['X'] } },
      /headers\.json: columns: column name x is listed twice/,
    ],
  ])('are refused with the file and the entry named: %s %j', (name, content, message) => {
    put(name, content);
    expect(() => loadRules(folder)).toThrow(message);
  });

  it('are missed when their folder is not there', () => {
    expect(() => loadRules(join(folder, 'absent'))).toThrow(
      /absent: the folder of rule files does not exist/,
    );
  });
});

import { openTestStore, type TestStore } from '../model/store.testkit';
import { reasons } from '../../../generator/src/reasons';
import { classifySql, loadRules } from '.';
import { quote } from './sql/text';
import vendorTexts from './testdata/vendor-texts.json';

let opened: TestStore;

beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

/** The reasons of replies, as the store makes them of bounces. */
async function reasonsOf(texts: readonly string[]): Promise<string[]> {
  const { store } = opened;
  await store.write('TRUNCATE TABLE watchtower.events');
  const rows = texts.map((diag, line) => ({ time: 1_700_000_000, record: 'b', diag, line, sign: 1 }));
  await store.append('events', rows);
  const found = await store.read<{ reason: string }>('SELECT reason FROM watchtower.events ORDER BY line');
  return found.map(({ reason }) => reason);
}

interface Judged {
  class: string;
  vendor: string;
  code: string;
  rule: string;
}

async function judged(reasons: readonly string[]): Promise<Judged[]> {
  const rows = reasons.map((reason, at) => `(${at}, ${quote(reason)})`).join(', ');
  return opened.store.read<Judged>(
    `SELECT class, vendor, code, rule FROM (SELECT at, ${classifySql('reason', loadRules())} FROM values('at UInt32, reason String', ${rows})) ORDER BY at`,
  );
}

// A rule that an earlier one shadows never says anything, and nobody would notice.
it('has every diagnostic rule say the class of its own examples, and no earlier rule', async () => {
  const cases = loadRules().reasons.rules.flatMap(({ id, examples }) =>
    examples.map((text) => ({ id, text })),
  );
  const reasons = await reasonsOf(cases.map(({ text }) => text));
  const found = await judged(reasons);
  const wrong = cases
    .map(({ id, text }, at) => ({ id, text, reason: reasons[at], rule: found[at]?.rule }))
    .filter(({ id, rule }) => id !== rule);
  expect(wrong).toEqual([]);
});

describe('texts of vendors', () => {
  /** What differs from message to message, in two forms that have no part in common. */
  const FILLINGS: Record<string, [string, string]> = {
    ip: ['198.51.100.14', '203.0.113.250'],
    ip6: ['2001:db8:85a3::8a2e:370:7334', '2001:db8::1'],
    rcpt: ['ann.lee+news@example.org', 'o_b99@mail.shop.example'],
    host: ['mx01.mail.example.com', 'SA2PEPF0000.namprd05.prod.outlook.example'],
    id: ['4XyZ12abcd', 'd2e1a72fcca58'],
    gsmtp: ['a640c23a62f3a-aa5b1d si13225pfb.123 - gsmtp', 'd9443c01a7336-212 y9si85401pgv.5 - gsmtp'],
    time: ['2026-01-20T10:30:00.123Z', '2025-12-03T23:05:59.007Z'],
    n: ['7', '14320'],
  };
  const filled = (form: 0 | 1) =>
    vendorTexts.map(({ text }) =>
      text.replace(/\{(\w+)\}/g, (_, name: string) => (FILLINGS[name] as [string, string])[form]),
    );

  it('are one reason each, whatever ids, addresses, times and numbers stand in them', async () => {
    const [first, second] = [await reasonsOf(filled(0)), await reasonsOf(filled(1))];
    const differing = first.map((reason, at) => [reason, second[at]]).filter(([one, other]) => one !== other);
    expect(differing).toEqual([]);
    const values = Object.values(FILLINGS)
      .flat()
      .filter((value) => value.length > 2);
    expect(first.filter((reason) => values.some((value) => reason.includes(value)))).toEqual([]);
    expect(new Set(first).size).toBe(vendorTexts.length);
    expect(vendorTexts.length).toBeGreaterThanOrEqual(60);
  });

  it('keep their codes and have the class that their vendor gives them', async () => {
    const reasons = await reasonsOf(filled(0));
    const found = await judged(reasons);
    const wrong = vendorTexts
      .map((expected, at) => ({ reason: reasons[at], expected, found: found[at] }))
      .filter(
        ({ reason, expected, found: judgement }) =>
          judgement?.class !== expected.class ||
          ('code' in expected && (judgement.code !== expected.code || !reason?.includes(expected.code))),
      );
    expect(wrong).toEqual([]);
  });
});

it('makes one reason of each true reason of the generator, and never one of two', async () => {
  const failures = reasons.filter(({ status, text }) => !status.startsWith('2') && text !== '');
  const variants = failures.flatMap(({ text }) => [
    `smtp;${text} 25b31b`,
    `smtp;${text.replaceAll('198.51.100.14', '203.0.113.9')} 7f03ac`,
  ]);
  const found = await reasonsOf(variants);
  const pairs = failures.map(({ text }, at) => ({ text, of: [found[2 * at], found[2 * at + 1]] }));
  expect(pairs.filter(({ of: [one, other] }) => one !== other)).toEqual([]);
  expect(new Set(found).size).toBe(new Set(failures.map(({ text }) => text)).size);
});

it('has a reason for failures alone; where nobody answered it is the category, else the status', async () => {
  const { store } = opened;
  await store.write('TRUNCATE TABLE watchtower.events');
  const rows = [
    { record: 'd', diag: 'smtp;250 2.0.0 OK', smtpStatus: '2.0.0' },
    { record: 'f', diag: 'smtp;550 no' },
    { record: 'tq', diag: '', bounceCategory: 'no-answer-from-host', smtpStatus: '4.4.1' },
    { record: 'block', diag: '', smtpStatus: '4.7.1' },
    { record: 'remote', diag: '  smtp; 550 5.1.1\r\n\tUser   unknown ' },
    { record: 'b', diag: '' },
  ];
  await store.append(
    'events',
    rows.map((row, line) => ({ time: 1_700_000_000, line, sign: 1, ...row })),
  );
  const found = await store.read<{ reason: string }>('SELECT reason FROM watchtower.events ORDER BY line');
  expect(found.map(({ reason }) => reason)).toEqual([
    '',
    '',
    'no-answer-from-host',
    '4.7.1',
    '550 5.1.1 User unknown',
    '',
  ]);
});

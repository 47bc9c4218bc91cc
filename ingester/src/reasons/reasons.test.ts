import { loadRules, type FormatRules } from '../formats';
import { openTestStore, type TestStore } from '../model/store.testkit';
import { openReasons } from '.';

let opened: TestStore;
const rules = loadRules();
const AT = 1_700_000_000;

beforeEach(async () => {
  opened = await openTestStore();
});
afterEach(() => opened.close());

const bounce = (diag: string, line: number) => ({ time: AT, record: 'b', diag, line, sign: 1 });

const judged = () =>
  opened.store.read(
    `SELECT reason, argMax(class, version) AS class, argMax(code, version) AS code, argMax(rule, version) AS rule
     FROM watchtower.reason_rules GROUP BY reason ORDER BY reason`,
  );

it('judges what was loaded before it was opened, what comes later, and everything anew by other rules', async () => {
  const { store } = opened;
  await store.append('events', [bounce('smtp;550 go away 1234', 1)]);
  const reasons = await openReasons(store, rules);
  const away = { reason: '550 go away <n>', class: 'other', code: '550', rule: '' };
  expect(await judged()).toEqual([away]);
  await store.append('events', [bounce('smtp;421 4.7.0 [TSS04] Messages deferred', 2)]);
  await reasons.refresh();
  const yahoo = {
    reason: '421 4.7.0 [TSS04] Messages deferred',
    class: 'block',
    code: 'TSS04',
    rule: 'yahoo-blocked',
  };
  expect(await judged()).toEqual([yahoo, away]);
  const own = {
    id: 'ours',
    class: 'policy' as const,
    vendor: 'us',
    pattern: 'GO away',
    examples: ['go away'],
  };
  const changed: FormatRules = { ...rules, reasons: { rules: [own, ...rules.reasons.rules] } };
  await openReasons(store, changed);
  expect(await judged()).toEqual([yahoo, { ...away, class: 'policy', rule: 'ours' }]);
});

it('judges a reason once, however many events have it and however often it is asked', async () => {
  const { store } = opened;
  await store.append(
    'events',
    Array.from({ length: 500 }, (_, line) => bounce(`smtp;550 go away ${line}`, line)),
  );
  const reasons = await openReasons(store, rules);
  await Promise.all([reasons.refresh(), reasons.refresh(), reasons.refresh()]);
  expect(await store.read('SELECT count() AS n FROM watchtower.reason_rules')).toEqual([{ n: 1 }]);
});

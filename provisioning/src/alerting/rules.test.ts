import type { Query, Rule } from '@grafana/grafana-foundation-sdk/alerting';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answer } from '../../../ingester/src/model/answer';
import type { Frame } from '../../../ingester/src/model/frames';
import { openTestStore, type TestStore } from '../../../ingester/src/model/store.testkit';
import providers from '../../../ingester/src/formats/data/providers.json';
import { BACKFILL } from '../../../ingester/src/model';
import { INFO_KINDS, KINDS } from '../../../ingester/src/detect/rules';
import { FILTERS, NARROWED_BY } from '../dashboards/kit';
import { alertRules, rules } from '.';
import { BIG_PROVIDERS, TOLD_KINDS } from './incidents';

const root = join(__dirname, '../../..');

/** Dashboards of the suite, which other things than rules lead to as well. */
const DASHBOARDS = [
  'pmta-domains',
  'pmta-job',
  'pmta-vmta',
  'pmta-risk',
  'pmta-flow',
  'pmta-ingest',
  'pmta-service',
  'pmta-war-room',
];

const MINUTE = 60_000;
const START = 1_789_466_400;

/** Incidents that are open: of every kind, at every severity it has, at big and small providers. */
const INCIDENTS = TOLD_KINDS.flatMap((kind) =>
  ['success_floor', 'logs_stopped', 'ingest_failure'].includes(kind)
    ? [{ kind, severity: 'info', provider: kind === 'success_floor' ? 'web' : '', node: 'mta1' }]
    : ['critical', 'warning'].flatMap((severity) =>
        ['gmail', 'gmx'].map((provider) => ({ kind, severity, provider, node: '' })),
      ),
).map((incident, index) => ({
  ...{ id: `incident-${index}`, state: 'open', vmta: 'VMTA-5', pool: 'p1', job: 'J-17', sender: '' },
  ...{ start: START, finish: START + 1800, rate: 0.7, baseline: 0.02, waiting: 40, attempts: 170 },
  ...{ opened: Date.now() - 5 * MINUTE, detected: Date.now() - 5 * MINUTE, sentence: '', version: 1 },
  ...incident,
}));

let opened: TestStore;

beforeAll(async () => {
  opened = await openTestStore();
  await opened.store.append('incidents', INCIDENTS);
});

afterAll(() => opened.close());

const isAsked = ({ datasourceUid }: Query) => datasourceUid !== '__expr__';

/** What the model answers to the queries of a rule, as Grafana's backend passes them on. */
async function answered({ data }: Rule): Promise<Record<string, readonly Frame[]>> {
  const to = Date.now();
  const queries = data.filter(isAsked).map(({ model, relativeTimeRange, refId = '' }) => ({
    ...(model as object),
    refId,
    from: to - (relativeTimeRange?.from ?? 0) * 1000,
    to: to - (relativeTimeRange?.to ?? 0) * 1000,
  }));
  const { results } = await answer(opened.store, { queries }, { timezone: 'UTC', complaintProviders: [] });
  return Object.fromEntries(
    Object.entries(results).map(([refId, result]) => {
      if ('error' in result) throw new Error(`${refId}: ${result.error}`);
      return [refId, result.frames];
    }),
  );
}

const labelsOf = (frames: readonly Frame[] = []) =>
  frames.flatMap(({ schema, data }) =>
    data.values[0]?.length === 1 ? [schema.fields[0]?.labels ?? {}] : [],
  );

const named = (uid: string): Rule => {
  const rule = rules.find((each) => each.uid === uid);
  if (!rule) throw new Error(`no rule ${uid}`);
  return rule;
};

// A rule whose query the model refuses keeps its last state for ever and says nothing.
test.each(rules.map((rule) => [rule.uid, rule] as const))(
  '%s asks what the model answers, one number per frame',
  async (_, rule) => {
    for (const frames of Object.values(await answered(rule)))
      for (const { schema } of frames) {
        expect(schema.meta?.type).toBe('numeric-multi');
        expect(schema.fields.map(({ type }) => type)).toEqual(['number']);
      }
    const refs = rule.data.map(({ refId }) => refId);
    expect(refs).toContain(rule.condition);
    for (const { model } of rule.data.filter((query) => !isAsked(query)))
      for (const [, ref] of String((model as unknown as { expression: string }).expression).matchAll(
        /\$([A-Z])/g,
      ))
        expect(refs).toContain(ref);
  },
);

// Two rules for one incident are two messages, and none is silence.
test('every open incident is chosen by exactly one rule, whatever its kind, severity and provider', async () => {
  const told = await Promise.all(
    rules
      .filter(({ ruleGroup }) => ruleGroup === 'incidents')
      .map(async (rule) => labelsOf((await answered(rule))['A']).map((labels) => labels['incident'])),
  );
  expect(told.flat().sort()).toEqual(INCIDENTS.map(({ id }) => id).sort());
  expect(told.every((ids) => ids.length > 0)).toBe(true);
});

// A kind that detection learns would page nobody.
test('every kind that pages is told', () => {
  const quiet = ['deferrals', 'new_reason'];
  expect([...TOLD_KINDS].sort()).toEqual([BACKFILL, ...KINDS.filter((kind) => !quiet.includes(kind))].sort());
  for (const kind of quiet) expect([...INFO_KINDS]).toContain(kind);
});

// Grafana puts the numbers of an alert together by its labels; those of details are looked up as a wider set.
test('what is said of an incident has the labels of its alert, and the contract names them', async () => {
  const answers = await answered(named('watchtower-incident-critical'));
  const labels = labelsOf(answers['A']);
  expect(labels.length).toBeGreaterThan(5);
  for (const refId of ['R', 'B', 'W', 'S', 'E']) expect(labelsOf(answers[refId])).toEqual(labels);
  expect(labelsOf(answers['D'])).toEqual(labels.map((each) => expect.objectContaining(each) as object));
  for (const each of labels)
    expect(Object.keys(each).sort()).toEqual(
      ['incident', 'job', 'kind', 'pool', 'provider', 'severity', 'vmta'].sort(),
    );
});

test('only the rule of the service itself fires where nothing answers', () => {
  const silences = (rule: Rule) => [rule.noDataState, rule.execErrState, rule.for];
  for (const rule of rules.filter(({ uid }) => uid !== 'watchtower-service-down'))
    expect([rule.uid, ...silences(rule).slice(0, 2)]).toEqual([rule.uid, 'OK', 'KeepLast']);
  expect(silences(named('watchtower-service-down'))).toEqual(['Alerting', 'Alerting', '1m']);
});

// A rate that hovers about its mark would send two messages at each turn; an incident has an end of its own.
test('complaint rates go on until they were below their mark for hours, and nothing else does', () => {
  for (const { uid = '', keep_firing_for: kept } of rules)
    expect([uid, kept]).toEqual([uid, uid.startsWith('watchtower-complaints') ? '6h' : undefined]);
  const written = alertRules.groups.flatMap((group) => group.rules);
  expect(written.filter(({ keepFiringFor }) => keepFiringFor === '6h')).toHaveLength(2);
});

// Without it a message would hold what was told before, or come minutes late.
test('each rule names the contact point, tells at once, and one alert a message', () => {
  for (const { uid, notification_settings: settings, labels, ruleGroup } of rules) {
    expect([uid, settings?.receiver]).toEqual([uid, 'PMTA Watchtower']);
    expect(settings).toMatchObject({ group_wait: '0s', group_interval: '10s', repeat_interval: '5d' });
    expect(settings?.group_by?.slice(0, 2)).toEqual(['alertname', 'grafana_folder']);
    if (ruleGroup === 'incidents') {
      expect(settings?.group_by?.[2]).toBe('incident');
      expect(labels).toBeUndefined();
    }
  }
});

test('uids are unique and as long as Grafana takes them, and intervals are whole steps of its scheduler', () => {
  expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length);
  for (const { uid } of rules) expect(uid).toMatch(/^[\w-]{1,40}$/);
  for (const { interval } of alertRules.groups) expect(Number(interval.replace(/s$/, '')) % 10).toBe(0);
});

// A misspelt provider has no block, ever.
test('big providers are those of the provider table', () => {
  expect(providers.providers.map(({ name }) => name)).toEqual(expect.arrayContaining([...BIG_PROVIDERS]));
});

test('each link leads to a dashboard of the suite and to variables that dashboards have', () => {
  const known = new Set<string>([...NARROWED_BY.map(({ name }) => name), FILTERS]);
  for (const { annotations = {} } of rules) {
    expect(annotations['dashboard_url']).toContain('/d/');
    const text = Object.values(annotations).join('\n');
    for (const [, uid = ''] of text.matchAll(/\/d\/([\w-]+)/g)) expect(DASHBOARDS).toContain(uid);
    for (const [, name = ''] of text.matchAll(/&var-(\w+)=/g)) expect([...known]).toContain(name);
  }
});

test('each kind that is told has a page that says what to do', () => {
  const pages = readdirSync(join(root, 'docs/runbooks')).map((name) => name.replace(/\.md$/, ''));
  const kinds = rules.flatMap(({ labels }) => labels?.['kind'] ?? []);
  expect(pages.sort()).toEqual([...new Set([...TOLD_KINDS, ...kinds])].sort());
  for (const page of pages)
    expect(readFileSync(join(root, 'docs/runbooks', `${page}.md`), 'utf8')).toMatch(
      /^# .+\n\n[^]+\n## Look\n\n[^]+\n## Do\n\n/,
    );
});

// A file of policies replaces the whole tree of a site; one that exists already would lose its own.
test('no file touches the notification policies of a site', () => {
  for (const name of readdirSync(join(root, 'provisioning/alerting'))) {
    const text = readFileSync(join(root, 'provisioning/alerting', name), 'utf8');
    expect(text).not.toMatch(/\b(policies|resetPolicies|muteTimes)"?\s*:/);
  }
});

import type { Query, Rule } from '@grafana/grafana-foundation-sdk/alerting';
import { link, linkWhere, runbook, type Window } from './links';
import { math, question, rule } from './rule';
import {
  byLabel,
  clock,
  count,
  detail,
  instant,
  known,
  percent,
  PROVIDER,
  ROUTE,
  told,
  whether,
} from './texts';

/** Providers whose blocks are told by a rule of their own: most mail goes there. */
export const BIG_PROVIDERS = ['gmail', 'microsoft', 'yahoo', 'apple'] as const;

type Condition = { dimension: string; operator: '=' | 'in' | 'notIn'; values: string[] };

/** How much of the time before and after an incident a link shows. */
const MARGIN = 30 * 60 * 1000;

/** The state of every incident that the conditions choose, and what is said of it, each as a query: labels are the same. */
function queries(filters: Condition[]): Query[] {
  const asked = (
    refId: string,
    metric: 'open' | 'rate' | 'baseline' | 'waiting' | 'start' | 'end' | 'details',
  ) => question(refId, { queryType: 'incidents', format: 'numeric', metric, filters });
  return [
    asked('A', 'open'),
    asked('R', 'rate'),
    asked('B', 'baseline'),
    asked('W', 'waiting'),
    asked('S', 'start'),
    asked('E', 'end'),
    asked('D', 'details'),
    math('F', `$S - ${MARGIN}`),
    math('T', `$E + ${MARGIN}`),
    math('C', '$A > 0'),
  ];
}

/** The query that is 1 while an incident goes on: one that was over when it was found fires as well. */
const GOES_ON = 'D';

const WINDOW: Window = { from: instant('F'), to: whether(GOES_ON, 'now', instant('T')) };

/** From and to as they are, whatever still goes on. */
const WHOLE: Window = { from: instant('F'), to: instant('T') };

const SINCE = whether(
  GOES_ON,
  `Since ${clock('S', '2 Jan 15:04')} UTC`,
  `From ${clock('S', '2 Jan 15:04')} to ${clock('E', '15:04')} UTC`,
);

const DAYS = `${clock('S', '2 Jan')} to ${clock('E', '2 Jan')}`;

const USUAL = known('B', ` (usual ${percent('B')})`);

const MAILING = `{{ with $labels.job }}job {{ . }}{{ else }}mail of {{ ${detail('D', 'sender')} }}{{ end }}`;

const NODE = `{{ with ${detail('D', 'node')} }} of node {{ . }}{{ end }}`;

const WAITING = known(
  'W',
  `{{ if ge (index $values "W").Value 1.0 }}, ${whether(GOES_ON, `${count('W')} messages wait`, `up to ${count('W')} messages waited`)}{{ end }}`,
);

const DEFERRED = `${percent('R')} of the attempts ${whether(GOES_ON, 'are', 'were')} deferred${USUAL}${WAITING}`;

const WHAT = {
  throttling: `Throttled at ${PROVIDER}: ${ROUTE}`,
  block: `Blocked at ${PROVIDER}: ${ROUTE}`,
  provider_unreachable: `No answer from ${PROVIDER}: ${ROUTE}`,
  bounce_spike: `A bad list: ${MAILING}`,
  complaint_spike: `Complaints: ${MAILING}`,
  latency_anomaly: `Slow deliveries at ${PROVIDER}`,
  vmta_dark: 'Nothing heard of {{ $labels.vmta }}',
  success_floor: `Few attempts succeed at ${PROVIDER}`,
  logs_stopped: `Logs${NODE} stopped coming`,
  ingest_failure: `Log files${NODE} could not be loaded`,
  backfill: 'Incidents of earlier days found',
};

type Kind = keyof typeof WHAT;

/** Kinds of incidents that rules tell of; each has a runbook. */
export const TOLD_KINDS = Object.keys(WHAT) as Kind[];

const FACTS: Readonly<Record<Kind, string>> = {
  throttling: DEFERRED,
  block: DEFERRED,
  provider_unreachable: DEFERRED,
  bounce_spike: `${percent('R')} of the messages bounced for good${USUAL}`,
  complaint_spike: `${percent('R')} of what was delivered within a day was complained about${USUAL}; a proxy of what Gmail and Yahoo measure`,
  latency_anomaly: `a delivery takes ${count('R', 1)} times as long as usual, without deferrals`,
  vmta_dark: 'its logs are silent while others of its pool go on',
  success_floor: `only ${percent('R')} of the attempts succeed`,
  logs_stopped: 'no event is newer; figures of the hours since then are not whole',
  ingest_failure: 'what they hold is missing in every figure',
  backfill:
    'logs of these days were loaded; each incident is listed there, and none of them has a message of its own',
};

const named = (label: string, before: string): string =>
  `{{ with ${detail('D', label)} }}${before}{{ . }}{{ end }}`;

/** Providers without a name of their own are one in incidents, and many elsewhere. */
const NAMED = '{{ $provider := $labels.provider }}{{ if eq $provider "other" }}{{ $provider = "" }}{{ end }}';

const AT_PROVIDER = { provider: '$provider' };

const DOMAINS = link({
  dashboard: 'pmta-domains',
  narrowed: { ...AT_PROVIDER, vmta: '$labels.vmta', pool: '$labels.pool' },
  window: WINDOW,
});

const JOB = link({
  dashboard: 'pmta-job',
  narrowed: { job: '$labels.job' },
  filters: { senderDomain: detail('D', 'sender') },
  window: WINDOW,
});

const VMTA = { dashboard: 'pmta-vmta', narrowed: { vmta: '$labels.vmta', ...AT_PROVIDER }, window: WINDOW };

const INGEST = link({ dashboard: 'pmta-ingest', window: WINDOW });

const DASHBOARDS: Readonly<Record<Kind, string>> = {
  throttling: DOMAINS,
  block: DOMAINS,
  provider_unreachable: DOMAINS,
  latency_anomaly: DOMAINS,
  success_floor: DOMAINS,
  bounce_spike: JOB,
  complaint_spike: JOB,
  vmta_dark: link(VMTA),
  logs_stopped: INGEST,
  ingest_failure: INGEST,
  backfill: link({ dashboard: 'pmta-war-room', window: WHOLE }),
};

/** Links to what stands behind an incident; each is empty where nothing has half of it. */
const BEHIND = {
  vmta_url: linkWhere('$labels.vmta', VMTA),
  job_url: linkWhere(detail('D', 'mostlyJob'), {
    dashboard: 'pmta-job',
    narrowed: { job: '.', ...AT_PROVIDER },
    window: WINDOW,
  }),
  sender_url: linkWhere(detail('D', 'mostlySender'), {
    dashboard: 'pmta-risk',
    narrowed: { sender: '.', ...AT_PROVIDER },
    window: WINDOW,
  }),
  ip_url: linkWhere(detail('D', 'mostlyIp'), {
    dashboard: 'pmta-vmta',
    narrowed: AT_PROVIDER,
    filters: { sourceIp: '.' },
    window: WINDOW,
  }),
};

/** What is said of incidents of these kinds. */
function annotationsOf(kinds: readonly Kind[], time: string): Record<string, string> {
  const facts = [
    `${time}: ${byKind(kinds, FACTS)}`,
    named('mostlyJob', '; mostly job '),
    named('mostlySender', '; mostly of '),
    named('mostlyIp', '; mostly from '),
  ];
  return {
    ...told({ what: byKind(kinds, WHAT), facts: facts.join('') }),
    dashboard_url: NAMED + byKind(kinds, DASHBOARDS),
    ...Object.fromEntries(Object.entries(BEHIND).map(([name, template]) => [name, NAMED + template])),
    runbook_url: runbook('{{ $labels.kind }}'),
  };
}

/** The text of an incident's kind. */
const byKind = (kinds: readonly Kind[], texts: Readonly<Record<Kind, string>>): string =>
  byLabel('kind', Object.fromEntries(kinds.map((kind) => [kind, texts[kind]])));

/** Kinds that page and are not told by a rule of their own. */
const PAGING: readonly Kind[] = [
  ...(['throttling', 'provider_unreachable', 'bounce_spike', 'complaint_spike'] as const),
  ...(['latency_anomaly', 'vmta_dark'] as const),
];

const is = (dimension: string, ...values: readonly string[]): Condition => ({
  dimension,
  operator: 'in',
  values: [...values],
});

const isNot = (dimension: string, ...values: readonly string[]): Condition => ({
  ...is(dimension, ...values),
  operator: 'notIn',
});

/** A rule with an alert for each incident of these kinds that the conditions choose. */
const incident = (uid: string, title: string, kinds: readonly Kind[], ...filters: Condition[]): Rule =>
  rule('incidents', {
    uid: `watchtower-${uid}`,
    title,
    data: queries([is('kind', ...kinds), ...filters]),
    condition: 'C',
    apart: 'incident',
    annotations: annotationsOf(kinds, kinds.includes('backfill') ? DAYS : SINCE),
  });

/**
 * Rules that tell of incidents: together they choose each incident once. What only informs is not told where it is a
 * symptom of another incident.
 */
export const incidentRules: readonly Rule[] = [
  incident('incident-critical', 'Incident, critical', PAGING, is('severity', 'critical')),
  incident('incident-warning', 'Incident, warning', PAGING, is('severity', 'warning')),
  incident('block-big', 'Block at a big provider', ['block'], is('provider', ...BIG_PROVIDERS)),
  incident('block', 'Block', ['block'], isNot('provider', ...BIG_PROVIDERS)),
  incident('backfill', 'Incidents of earlier days', ['backfill']),
  incident('success-floor', 'Few attempts succeed', ['success_floor']),
  incident('logs-stopped', 'Logs of a node stopped', ['logs_stopped']),
  incident('ingest-failure', 'Log files could not be loaded', ['ingest_failure']),
];

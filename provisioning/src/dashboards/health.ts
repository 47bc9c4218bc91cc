import type { MetricName } from '../model';
import { askNarrowed, chart, dashboard, firstLine, JUDGED, line, stat, table, type Steps } from './kit';

const kpi = (title: string, metric: MetricName, unit: string, description: string, steps?: Steps) =>
  stat({
    title,
    description,
    unit,
    ...(steps && { steps }),
    target: askNarrowed({ queryType: 'metrics', metrics: [metric], groupBy: [], format: 'numeric' }),
  });

const volume = chart({
  title: 'Volume',
  description: 'Deferred attempts are tried again: the bars count attempts, not messages',
  unit: 'short',
  stacked: true,
  points: 400,
  targets: [
    askNarrowed({
      queryType: 'metrics',
      metrics: ['delivered', 'bounced', 'deferrals'],
      groupBy: [],
      format: 'timeseries',
    }),
  ],
  series: {
    delivered: { name: 'Delivered', color: 'green' },
    bounced: { name: 'Bounced', color: 'red' },
    deferrals: { name: 'Deferred', color: 'orange' },
  },
});

const deferrals = chart({
  title: 'Deferral rate by provider',
  description:
    'Deferrals / attempts of the providers with the most deferrals. A sudden rise is throttling or a block',
  unit: 'percentunit',
  calcs: ['max'],
  field: { max: 1, displayName: '${__field.labels.provider}' },
  targets: [
    askNarrowed({
      queryType: 'metrics',
      metrics: ['deferralRate'],
      groupBy: ['provider'],
      format: 'timeseries',
      limit: 10,
      orderBy: 'deferrals',
    }),
  ],
});

const providers = table({
  title: 'Providers',
  description: 'A click on a provider opens its dashboard',
  empty: 'No mail in this range',
  target: askNarrowed({
    queryType: 'metrics',
    metrics: ['delivered', 'bounceRate', 'deferralRate', 'blockRate', 'complaintRate', 'latencyP95'],
    groupBy: ['provider'],
    format: 'table',
    limit: 50,
    orderBy: 'delivered',
  }),
  columns: [
    { field: 'provider', name: 'Provider' },
    { field: 'delivered', name: 'Delivered', unit: 'short' },
    { field: 'bounceRate', name: 'Bounced', unit: 'percentunit', steps: JUDGED.bounceRate },
    { field: 'deferralRate', name: 'Deferred', unit: 'percentunit', steps: JUDGED.deferralRate },
    { field: 'blockRate', name: 'Blocked', unit: 'percentunit', steps: JUDGED.blockRate },
    { field: 'complaintRate', name: 'Complaints', unit: 'percentunit', steps: JUDGED.complaintRate },
    { field: 'latencyP95', name: 'p95', unit: 's', steps: JUDGED.latency },
  ],
});

const vmtas = table({
  title: 'VMTAs',
  description: 'A click on a VMTA opens its dashboard',
  empty: 'No mail in this range',
  target: askNarrowed({
    queryType: 'metrics',
    metrics: ['attempts', 'attemptSuccessRate', 'deferralRate', 'blockRate', 'latencyP95'],
    groupBy: ['vmta'],
    format: 'table',
    limit: 50,
    orderBy: 'attempts',
  }),
  columns: [
    { field: 'vmta', name: 'VMTA' },
    { field: 'attempts', name: 'Attempts', unit: 'short' },
    {
      field: 'attemptSuccessRate',
      name: 'Successful',
      unit: 'percentunit',
      steps: JUDGED.attemptSuccessRate,
    },
    { field: 'deferralRate', name: 'Deferred', unit: 'percentunit', steps: JUDGED.deferralRate },
    { field: 'blockRate', name: 'Blocked', unit: 'percentunit', steps: JUDGED.blockRate },
    { field: 'latencyP95', name: 'p95', unit: 's', steps: JUDGED.latency },
  ],
});

/** How mail is doing as a whole. */
export const health = dashboard({
  uid: 'pmta-health',
  title: 'PMTA health',
  description: 'How mail is doing as a whole, and which provider or VMTA is worse than the others',
  lines: [
    firstLine(
      'How is mail doing? Look at the incidents first, then at what is **red**. A click on a provider or VMTA leads on.',
    ),
    line(
      4,
      [4, kpi('Delivered', 'delivered', 'short', 'Messages that reached the mailbox provider')],
      [
        4,
        kpi(
          'Success of attempts',
          'attemptSuccessRate',
          'percentunit',
          'Deliveries / attempts. Falls when mail is deferred, which the share of delivered messages does not show',
          JUDGED.attemptSuccessRate,
        ),
      ],
      [4, kpi('Bounce rate', 'bounceRate', 'percentunit', 'Bounced / final outcomes', JUDGED.bounceRate)],
      [4, kpi('Deferral rate', 'deferralRate', 'percentunit', 'Deferrals / attempts', JUDGED.deferralRate)],
      [4, kpi('Latency p95', 'latencyP95', 's', 'From queueing to delivery', JUDGED.latency)],
      [4, kpi('Waiting', 'backlog', 'short', 'Messages without a final outcome at the end of the range')],
    ),
    line(9, [16, volume], [8, deferrals]),
    line(10, [12, providers], [12, vmtas]),
  ],
});

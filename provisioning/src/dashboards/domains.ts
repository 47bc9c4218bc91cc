import {
  askNarrowed,
  dashboard,
  firstLine,
  groupedChart,
  latencyDeviation,
  line,
  metricTable,
  reasonTable,
  table,
  times,
} from './kit';

const newReasons = table({
  title: 'New reasons',
  description: 'Replies that make much of a provider’s failures and were not there the day before',
  empty: 'No new reason in this range',
  target: askNarrowed({
    queryType: 'incidents',
    format: 'table',
    filters: [{ dimension: 'kind', operator: '=', values: ['new_reason'] }],
    limit: 50,
  }),
  columns: [
    times('start', 'Since'),
    { field: 'provider', name: 'Provider', width: 110 },
    {
      field: 'sentence',
      name: 'What',
      more: [{ id: 'custom.cellOptions', value: { type: 'auto', wrapText: true } }],
    },
  ],
});

const rate = (
  title: string,
  metric: 'bounceRate' | 'deferralRate' | 'blockRate' | 'complaintRate',
  most: 'bounced' | 'deferrals' | 'blocked' | 'complaints',
  description: string,
) => groupedChart({ title, description, metric, by: 'provider', most, limit: 6 });

/** How each mailbox provider takes the mail. */
export const domains = dashboard({
  uid: 'pmta-domains',
  title: 'PMTA providers and domains',
  description:
    'How each mailbox provider takes the mail: rates side by side, latency, and what their servers say',
  lines: [
    firstLine(
      'Which provider is different? Compare the rows, then read **what they say**. Our complaint rate is a proxy for theirs: 0.1 % is a warning, 0.3 % too much.',
    ),
    line(10, [
      24,
      metricTable({
        title: 'Providers side by side',
        description: 'Complaint rate: no value where a provider reports no complaints, such as Gmail',
        by: 'provider',
        metrics: [
          'attempts',
          'delivered',
          'attemptSuccessRate',
          'bounceRate',
          'deferralRate',
          'blockRate',
          'complaintRate',
          'latencyP50',
          'latencyP95',
        ],
      }),
    ]),
    line(9, [24, latencyDeviation()]),
    line(
      9,
      [
        12,
        rate(
          'Deferral rate',
          'deferralRate',
          'deferrals',
          'Deferrals / attempts, providers with the most deferrals',
        ),
      ],
      [
        12,
        rate(
          'Bounce rate',
          'bounceRate',
          'bounced',
          'Bounced / final outcomes, providers with the most bounces',
        ),
      ],
    ),
    line(
      9,
      [12, rate('Block rate', 'blockRate', 'blocked', 'Refused for reputation or policy / attempts')],
      [
        12,
        {
          ...rate(
            'Complaint rate by day, 30 days',
            'complaintRate',
            'complaints',
            'Complaints / delivered at providers that report them, from 1,000 a day on; 0.1 % is a warning, 0.3 % too much',
          ),
          interval: '1d',
          timeFrom: '30d',
        },
      ],
    ),
    line(11, [14, reasonTable('What their servers say')], [10, newReasons]),
    line(11, [
      24,
      metricTable({
        title: 'Domains',
        description: 'Recipient domains that most was tried to',
        by: 'domain',
        metrics: [
          'attempts',
          'delivered',
          'attemptSuccessRate',
          'bounceRate',
          'deferralRate',
          'blockRate',
          'latencyP95',
        ],
      }),
    ]),
  ],
});

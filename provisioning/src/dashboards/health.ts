import {
  dashboard,
  firstLine,
  groupedChart,
  incidentTimeline,
  insightCards,
  kpi,
  line,
  metricChart,
  metricTable,
  sankey,
} from './kit';

/** How mail is doing as a whole. */
export const health = dashboard({
  uid: 'pmta-health',
  title: 'PMTA health',
  description: 'How mail is doing as a whole, and which provider or VMTA is worse than the others',
  lines: [
    firstLine(
      'How is mail doing? Read the incidents, then look for **red**. A click on a provider, VMTA or card leads on; the variables narrow everything.',
    ),
    line(
      4,
      [4, kpi('delivered', 'Messages that reached the mailbox provider')],
      [
        4,
        kpi(
          'attemptSuccessRate',
          'Deliveries / attempts. Falls when mail is deferred, which the share of delivered messages does not show',
        ),
      ],
      [4, kpi('bounceRate', 'Bounced / messages with a final outcome')],
      [4, kpi('deferralRate', 'Deferrals / attempts')],
      [4, kpi('latencyP95', 'Time from queueing to delivery that 95 % of deliveries stay under')],
      [4, kpi('backlog', 'Messages without a final outcome at the end of the range')],
    ),
    line(
      9,
      [
        14,
        metricChart({
          title: 'Volume',
          description: 'Deferred attempts are tried again: the bars count attempts, not messages',
          metrics: ['delivered', 'bounced', 'deferrals'],
          stacked: true,
          points: 400,
        }),
      ],
      [10, insightCards()],
    ),
    line(7, [
      24,
      incidentTimeline(
        'Incidents',
        'What went wrong in the range, from start to end; open ones go on to now',
      ),
    ]),
    line(12, [
      24,
      sankey(
        'Flow of mail',
        'Wide is much mail, red is much deferred. A click narrows the dashboard',
        ['senderDomain', 'vmta', 'provider'],
        false,
      ),
    ]),
    line(9, [
      24,
      groupedChart({
        title: 'Deferral rate by provider',
        description:
          'Of the providers with the most deferrals. A sudden rise is throttling or a block; a click opens the provider',
        metric: 'deferralRate',
        by: 'provider',
        most: 'deferrals',
        limit: 6,
        calcs: ['max'],
        field: { max: 1 },
      }),
    ]),
    line(
      10,
      [
        12,
        metricTable({
          title: 'Providers',
          description: 'Most delivered first; a click on a provider opens its dashboard',
          by: 'provider',
          metrics: ['delivered', 'bounceRate', 'deferralRate', 'blockRate', 'latencyP95'],
        }),
      ],
      [
        12,
        metricTable({
          title: 'VMTAs',
          description: 'Most attempts first; a click on a VMTA opens its dashboard',
          by: 'vmta',
          metrics: ['attempts', 'attemptSuccessRate', 'deferralRate', 'blockRate', 'latencyP95'],
        }),
      ],
    ),
  ],
});

import { dashboard, firstLine, kpi, line, metricChart, metricTable, reasonTable, sankey } from './kit';

/** How mailings go. */
export const job = dashboard({
  uid: 'pmta-job',
  title: 'PMTA job',
  description:
    'How a mailing goes: what is done, what still waits, where it fails and why, beside the sender’s earlier ones',
  since: 'now-2d',
  exported: [],
  lines: [
    firstLine(
      'How far is a job? Choose it above. **Unresolved** are messages without a final outcome. **Export** saves its events, panel menu → Inspect → Data a table.',
    ),
    line(
      4,
      [4, kpi('sent', 'Messages with a final outcome: delivered or bounced')],
      [4, kpi('delivered', 'Messages that reached the mailbox provider')],
      [4, kpi('bounced', 'Messages that came back for good, expired ones included')],
      [4, kpi('unresolved', 'Messages that were received or deferred and have no final outcome yet')],
      [4, kpi('complaints', 'Complaints that came in the range about this mail')],
      [4, kpi('latencyP95', 'Time from queueing to delivery that 95 % of deliveries stay under')],
    ),
    line(
      9,
      [
        14,
        metricChart({
          title: 'Progress',
          description: 'What was done when; deferred attempts are tried again',
          metrics: ['delivered', 'bounced', 'deferrals'],
          stacked: true,
        }),
      ],
      [
        10,
        metricTable({
          title: 'By provider',
          description: 'How each provider takes the job; most attempts first',
          by: 'provider',
          metrics: ['attempts', 'bounceRate', 'deferralRate'],
          limit: 20,
        }),
      ],
    ),
    line(
      11,
      [12, reasonTable('Why it fails')],
      [
        12,
        metricTable({
          title: 'Bounces by category',
          description: 'PowerMTA’s own categories of the final bounces',
          by: 'bounceCategory',
          metrics: ['bounced', 'hardBounced', 'softBounced'],
          limit: 20,
        }),
      ],
    ),
    line(11, [
      24,
      {
        ...metricTable({
          title: 'Jobs of the sender, 30 days',
          description:
            'The sender’s jobs of the last 30 days, whichever job is chosen: is this one different?',
          by: 'job',
          metrics: [
            'sent',
            'delivered',
            'bounceRate',
            'hardBounceRate',
            'deferralRate',
            'blockRate',
            'complaintRate',
            'latencyP95',
          ],
          without: ['job'],
        }),
        timeFrom: '30d',
      },
    ]),
    line(11, [
      24,
      sankey(
        'Ways of the job',
        'Wide is much mail, red is much deferred',
        ['senderDomain', 'pool', 'vmta', 'provider'],
        false,
      ),
    ]),
  ],
});

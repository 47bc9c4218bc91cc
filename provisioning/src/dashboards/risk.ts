import type { QueryInput } from '../model';
import { askNarrowed, dashboard, firstLine, highIsBad, line, metricTable, table, type Column } from './kit';

type Of = NonNullable<Extract<QueryInput, { queryType: 'risk' }>['dimension']>;

const PARTS = [
  { field: 'complaintPoints', name: 'Complaints' },
  { field: 'hardBouncePoints', name: 'Hard' },
  { field: 'blockPoints', name: 'Blocks' },
  { field: 'deferralPoints', name: 'Deferrals' },
];

/** The riskiest of a dimension, with the points that make the score. */
function riskOf(
  title: string,
  dimension: Of,
  heading: string,
  description: string,
  empty = 'Not enough mail in the week to tell',
) {
  return table({
    title,
    description,
    empty,
    target: askNarrowed({ queryType: 'risk', dimension, filters: [], limit: 25 }),
    columns: [
      { field: dimension, name: heading, minWidth: 150 },
      {
        field: 'score',
        name: 'Risk',
        width: 62,
        steps: highIsBad(25, 50, 75),
        more: [{ id: 'decimals', value: 0 }],
      },
      { field: 'trend', name: 'Change', width: 76, more: [{ id: 'decimals', value: 0 }] },
      ...PARTS.map(
        (part): Column => ({
          ...part,
          width: part.name.length * 7 + 22,
          more: [{ id: 'decimals', value: 0 }],
        }),
      ),
    ],
  });
}

/** Who puts the reputation at risk. */
export const risk = dashboard({
  uid: 'pmta-risk',
  title: 'PMTA senders and risk',
  description:
    'Which senders, users and jobs put the reputation at risk, and by what: complaints, bounces or blocks',
  since: 'now-7d',
  lines: [
    firstLine(
      'Who is risky, and why? 0 to 100 over the last 7 days of the range: complaints up to 45 points, hard bounces 30, blocks 15, deferrals 10. Above 75 is critical.',
    ),
    line(
      11,
      [
        12,
        riskOf(
          'Senders by risk',
          'sender',
          'Sender',
          'Riskiest first; the parts are the points that make the score',
        ),
      ],
      [
        12,
        riskOf(
          'Users by risk',
          'user',
          'User',
          'Users are known where jobs have one: see README, Who owns a job',
          'No user with enough mail in the week, or none is known',
        ),
      ],
    ),
    line(
      10,
      [12, riskOf('Jobs by risk', 'job', 'Job', 'Riskiest first; a click on a job opens its dashboard')],
      [
        12,
        metricTable({
          title: 'Users with most complaints',
          description: 'Complaints by when they came; the rate counts providers that report them alone',
          by: 'user',
          metrics: ['complaints', 'complaintRate', 'delivered'],
          filters: [{ dimension: 'user', operator: '!=', values: [''] }],
          empty: 'No mail of a user in this range, or none is known',
          limit: 20,
        }),
      ],
    ),
    line(
      10,
      [
        12,
        metricTable({
          title: 'Senders with most hard bounces',
          description: 'Addresses that do not exist: old or bought lists',
          by: 'sender',
          metrics: ['hardBounced', 'hardBounceRate', 'bounceRate', 'sent'],
          limit: 20,
        }),
      ],
      [
        12,
        metricTable({
          title: 'Jobs that are blocked most',
          description: 'Refused for reputation or policy, finally or for now',
          by: 'job',
          metrics: ['blocked', 'blockRate', 'attempts'],
          limit: 20,
        }),
      ],
    ),
    line(
      9,
      [
        12,
        riskOf(
          'VMTAs by reputation',
          'vmta',
          'VMTA',
          'The same score of the mail that leaves through each VMTA',
        ),
      ],
      [
        12,
        riskOf(
          'IPs by reputation',
          'sourceIp',
          'IP',
          'The same score of the mail that leaves from each address',
        ),
      ],
    ),
  ],
});

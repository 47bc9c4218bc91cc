import {
  ask,
  askNarrowed,
  chart,
  dashboard,
  firstLine,
  groupedChart,
  heatmap,
  kpi,
  line,
  metricChart,
  metricTable,
  reasonTable,
  table,
  textBox,
} from './kit';

/** Deliveries a day from the first on, as they are planned for a new address; a site types its own. */
const PLAN = '500,1000,2000,4000,8000,12000,20000,30000,45000,60000,80000,100000';

const chosen = `dimension = 'vmta' AND value IN ('', $vmta)`;

const seen = table({
  title: 'First seen',
  description:
    'Since when each VMTA delivers: a new one is warming up. Days are counted in UTC, to the present',
  empty: 'No VMTA has delivered yet',
  target: ask({
    queryType: 'sql',
    limit: 100,
    sql: [
      "SELECT value AS vmta, min(time) AS firstSeen, dateDiff('day', min(time), now()) AS days",
      'FROM watchtower.dimension_day',
      `WHERE ${chosen} AND value != ''`,
      'GROUP BY vmta HAVING sum(delivered) > 0 ORDER BY firstSeen DESC, vmta LIMIT 100',
    ].join('\n'),
  }),
  columns: [
    { field: 'vmta', name: 'VMTA' },
    { field: 'firstSeen', name: 'First day', width: 105, unit: 'time:YYYY-MM-DD' },
    { field: 'days', name: 'Days', width: 70 },
  ],
});

const planned = {
  ...chart({
    title: 'Volume per day and plan',
    description:
      'Deliveries per day by provider, and what the plan above says for the days since the first one. Choose one VMTA',
    unit: 'short',
    stacked: true,
    targets: [
      askNarrowed({
        queryType: 'metrics',
        metrics: ['delivered'],
        groupBy: ['provider'],
        filters: [],
        format: 'timeseries',
        limit: 10,
        orderBy: 'delivered',
      }),
      ask(
        {
          queryType: 'sql',
          sql: [
            "SELECT time, accurateCastOrNull(arrayElement(splitByChar(',', replaceAll('$plan', ' ', '')),",
            "  dateDiff('day', (SELECT min(time) FROM watchtower.dimension_day",
            `    WHERE ${chosen} AND value != '' AND delivered > 0), time) + 1), 'Float64') AS Plan`,
            "FROM watchtower.dimension_day WHERE dimension = 'all' AND $__timeFilter(time)",
            'GROUP BY time ORDER BY time',
          ].join('\n'),
        },
        'B',
      ),
    ],
    byLabel: { A: { label: 'provider', events: 'delivered' } },
    series: { Plan: { name: 'Plan', color: 'text' } },
    asLine: ['Plan'],
  }),
  interval: '1d',
};

/** One VMTA or address, new ones above all. */
export const vmta = dashboard({
  uid: 'pmta-vmta',
  title: 'PMTA VMTA and IP',
  description:
    'How a VMTA or address is doing: its warm-up against a plan, what it is refused for, and its pool peers',
  since: 'now-30d',
  variables: [textBox('plan', 'Plan, mails a day', PLAN)],
  lines: [
    firstLine(
      'Is a VMTA doing well? Choose it, or add the filter `sourceIp`. A new one follows the **plan**: slow down where deferrals or blocks rise before it is reached.',
    ),
    line(
      4,
      [4, kpi('delivered', 'Messages that reached the mailbox provider')],
      [4, kpi('attemptSuccessRate', 'Deliveries / attempts')],
      [4, kpi('deferralRate', 'Deferrals / attempts')],
      [4, kpi('blockRate', 'Refused for reputation or policy / attempts')],
      [4, kpi('complaintRate', 'Complaints / delivered at providers that report them')],
      [4, kpi('latencyP95', 'Time from queueing to delivery that 95 % of deliveries stay under')],
    ),
    line(10, [16, planned], [8, seen]),
    line(
      9,
      [
        12,
        metricChart({
          title: 'Deferrals and blocks',
          description: 'Deferrals / attempts, and refusals for reputation or policy / attempts',
          metrics: ['deferralRate', 'blockRate'],
          calcs: ['lastNotNull', 'max'],
        }),
      ],
      [
        12,
        groupedChart({
          title: 'Deferral rate by provider',
          description: 'Of the providers with the most deferrals; one that rises alone throttles',
          metric: 'deferralRate',
          by: 'provider',
          most: 'deferrals',
          calcs: ['max'],
        }),
      ],
    ),
    line(
      11,
      [
        14,
        metricTable({
          title: 'Beside its pool peers',
          description: 'All VMTAs of the pool, whichever VMTA is chosen: is it the VMTA or all of them?',
          by: ['pool', 'vmta'],
          metrics: ['attempts', 'attemptSuccessRate', 'deferralRate', 'blockRate'],
          without: ['vmta'],
        }),
      ],
      [
        10,
        metricTable({
          title: 'By address',
          description: 'The addresses that the mail left from, most attempts first',
          by: 'sourceIp',
          metrics: ['attempts', 'deferralRate', 'blockRate'],
        }),
      ],
    ),
    line(
      11,
      [
        12,
        heatmap({
          title: 'Deferral rate by VMTA',
          description: 'Full colour from half of the attempts on; a dark row alone is the VMTA',
          metric: 'deferralRate',
          by: 'vmta',
          most: 'attempts',
          full: 0.5,
          limit: 20,
        }),
      ],
      [12, reasonTable('What it is told')],
    ),
  ],
});

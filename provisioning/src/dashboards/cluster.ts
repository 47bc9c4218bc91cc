import {
  askNarrowed,
  dashboard,
  firstLine,
  groupedChart,
  heatmap,
  line,
  metricTable,
  probableCauses,
  table,
  times,
} from './kit';

const silent = table({
  title: 'Silent VMTAs and nodes',
  description:
    'VMTAs that went dark, nodes whose logs stopped and files that failed: hardware, network, or the way of the logs',
  empty: 'All nodes and VMTAs of the range are heard of',
  target: askNarrowed({
    queryType: 'incidents',
    format: 'table',
    filters: [{ dimension: 'kind', operator: 'in', values: ['vmta_dark', 'logs_stopped', 'ingest_failure'] }],
    limit: 50,
  }),
  columns: [
    times('start', 'Since'),
    { field: 'state', name: 'State', width: 90 },
    {
      field: 'sentence',
      name: 'What',
      more: [{ id: 'custom.cellOptions', value: { type: 'auto', wrapText: true } }],
    },
  ],
});

/** Pools, nodes and addresses side by side. */
export const cluster = dashboard({
  uid: 'pmta-cluster',
  title: 'PMTA cluster',
  description:
    'Pools, nodes and addresses side by side: which hardware or network fails, and which does the work',
  lines: [
    firstLine(
      'Is it a machine, a network or a provider? One bad row among its peers is the machine or address; all rows bad is the provider. Silence is listed apart.',
    ),
    line(
      9,
      [
        14,
        metricTable({
          title: 'Pools side by side',
          description: 'Most attempts first; a click on a pool narrows to it',
          by: 'pool',
          metrics: ['attempts', 'attemptSuccessRate', 'deferralRate', 'blockRate', 'latencyP95', 'backlog'],
        }),
      ],
      [10, silent],
    ),
    line(9, [24, probableCauses('range')]),
    line(
      9,
      [
        12,
        groupedChart({
          title: 'Attempts by pool',
          description: 'How much each pool does over time',
          metric: 'attempts',
          by: 'pool',
          most: 'attempts',
          stacked: true,
        }),
      ],
      [
        12,
        groupedChart({
          title: 'Success by pool',
          description: 'Deliveries / attempts of each pool over time; pools of one setup should look alike',
          metric: 'attemptSuccessRate',
          by: 'pool',
          most: 'attempts',
          field: { max: 1 },
        }),
      ],
    ),
    line(
      9,
      [
        12,
        groupedChart({
          title: 'Attempts by node',
          description: 'A node that falls to nothing is down, or its logs do not come',
          metric: 'attempts',
          by: 'node',
          most: 'attempts',
          stacked: true,
        }),
      ],
      [
        12,
        heatmap({
          title: 'Deferral rate by VMTA',
          description: 'Full colour from half of the attempts on; a dark row alone is a VMTA or its address',
          metric: 'deferralRate',
          by: 'vmta',
          most: 'attempts',
          full: 0.5,
          limit: 20,
        }),
      ],
    ),
    line(
      11,
      [
        12,
        metricTable({
          title: 'Nodes and pools',
          description: 'Every node with the pools it serves, most attempts first',
          by: ['node', 'pool'],
          metrics: ['attempts', 'attemptSuccessRate', 'deferralRate'],
        }),
      ],
      [
        12,
        metricTable({
          title: 'Addresses',
          description: 'Every address that mail leaves from with its pool, most attempts first',
          by: ['sourceIp', 'pool'],
          metrics: ['attempts', 'attemptSuccessRate', 'deferralRate'],
        }),
      ],
    ),
  ],
});

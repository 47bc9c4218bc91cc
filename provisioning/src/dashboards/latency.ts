import {
  dashboard,
  firstLine,
  gauges,
  groupedChart,
  heatmap,
  histogram,
  line,
  metricChart,
  metricTable,
} from './kit';

/** How long mail takes. */
export const latency = dashboard({
  uid: 'pmta-latency',
  title: 'PMTA latency',
  description:
    'How long mail takes from queueing to delivery: trends, where it is slow, and for how much of it',
  lines: [
    firstLine(
      'Is mail slow, and where? **p95** is what 95 % of deliveries stay under. Dark rows in the heatmaps are the slow ones; only delivered mail has a latency.',
    ),
    line(
      7,
      [
        12,
        gauges(
          'Latency of the range',
          'Seconds from queueing to delivery: green below 3 s, yellow below 10 s, then red',
          ['latencyAvg', 'latencyP50', 'latencyP95', 'latencyP99'],
          30,
        ),
      ],
      [12, histogram('Deliveries by latency', 'How many deliveries took how many seconds', 'latency')],
    ),
    line(9, [
      24,
      metricChart({
        title: 'Latency over time',
        description: 'Average and percentiles of the deliveries of each step',
        metrics: ['latencyAvg', 'latencyP50', 'latencyP95', 'latencyP99'],
        calcs: ['lastNotNull', 'max'],
      }),
    ]),
    line(
      11,
      [
        12,
        heatmap({
          title: 'p95 by domain',
          description: 'The domains that most was delivered to; full colour from a minute on',
          metric: 'latencyP95',
          by: 'domain',
          most: 'delivered',
          full: 60,
        }),
      ],
      [
        12,
        heatmap({
          title: 'p95 by VMTA',
          description:
            'The VMTAs that delivered most; full colour from a minute on. A dark row alone is the VMTA, all rows the provider',
          metric: 'latencyP95',
          by: 'vmta',
          most: 'delivered',
          full: 60,
          limit: 20,
        }),
      ],
    ),
    line(9, [
      24,
      groupedChart({
        title: 'p95 by provider',
        description: 'Of the providers that most was delivered to; a click opens the provider',
        metric: 'latencyP95',
        by: 'provider',
        most: 'delivered',
        calcs: ['lastNotNull', 'max'],
      }),
    ]),
    line(11, [
      24,
      metricTable({
        title: 'Destinations',
        description: 'Domains that most was delivered to; a click on a heading sorts',
        by: 'domain',
        metrics: ['delivered', 'latencyAvg', 'latencyP50', 'latencyP95', 'latencyP99', 'deferralRate'],
      }),
    ]),
  ],
});

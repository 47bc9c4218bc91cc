import {
  dashboard,
  firstLine,
  gauges,
  groupedChart,
  histogram,
  kpi,
  line,
  metricChart,
  metricTable,
  perSecond,
} from './kit';

/** How much mail flows, and what piles up. */
export const flow = dashboard({
  uid: 'pmta-flow',
  title: 'PMTA email flow',
  description: 'How much mail flows and how fast, what is deferred and why, what waits and for how long',
  lines: [
    firstLine(
      'Does mail flow? Throughput should follow what comes in; a **backlog** that grows, or whose oldest message ages, means that it does not. Reasons say why.',
    ),
    line(
      9,
      [
        14,
        metricChart({
          title: 'Throughput',
          description: 'Delivered, bounced and deferred attempts of each step',
          metrics: ['delivered', 'bounced', 'deferrals'],
          stacked: true,
          points: 400,
        }),
      ],
      [10, perSecond()],
    ),
    line(
      4,
      [6, kpi('backlog', 'Messages without a final outcome at the end of the range')],
      [6, kpi('oldestQueuedAge', 'Age of the oldest message that waits at the end of the range')],
      [6, kpi('avgSize', 'Mean size of the delivered messages whose size was logged')],
      [6, kpi('bytes', 'Bytes of all delivered messages')],
    ),
    line(
      7,
      [
        10,
        gauges(
          'Delivery time',
          'Seconds from queueing to delivery: green below 3 s, yellow below 10 s, then red',
          ['latencyAvg', 'latencyP50', 'latencyP95'],
          30,
        ),
      ],
      [14, histogram('Deliveries by time taken', 'How many deliveries took how many seconds', 'latency')],
    ),
    line(
      9,
      [
        14,
        metricChart({
          title: 'Backlog',
          description: 'Messages without a final outcome over time',
          metrics: ['backlog'],
          points: 400,
        }),
      ],
      [
        10,
        histogram('Backlog by age', 'How long the messages that wait have waited, in seconds', 'queueAge'),
      ],
    ),
    line(
      9,
      [
        10,
        groupedChart({
          title: 'Attempts by node',
          description: 'How much each server does over time',
          metric: 'attempts',
          by: 'node',
          most: 'attempts',
          stacked: true,
        }),
      ],
      [14, histogram('Deliveries by size', 'How many deliveries had how many bytes', 'size')],
    ),
    line(9, [
      24,
      metricTable({
        title: 'Why mail is deferred',
        description: 'Replies without ids, addresses and numbers, most deferred first',
        by: ['reason', 'reasonClass'],
        metrics: ['deferrals', 'bounced'],
        limit: 30,
      }),
    ]),
  ],
});

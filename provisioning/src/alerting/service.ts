import type { Rule } from '@grafana/grafana-foundation-sdk/alerting';
import { lately, link, runbook } from './links';
import { math, question, rule } from './rule';
import { told } from './texts';

/** The rule that tells of the service itself: the only one for which no answer is an answer. */
export const serviceRules: readonly Rule[] = [
  rule('service', {
    uid: 'watchtower-service-down',
    title: 'Watchtower does not answer',
    data: [
      question('A', { queryType: 'service', metrics: ['storeUp'], format: 'numeric' }),
      math('C', '$A < 1'),
    ],
    condition: 'C',
    for: '1m',
    silence: { noDataState: 'Alerting', execErrState: 'Alerting' },
    labels: { kind: 'service_down', severity: 'critical' },
    annotations: {
      // Where nothing answers there is no value to tell of.
      ...told({
        what: 'Watchtower does not answer',
        facts:
          'Its service or its store has been down for a minute: until it is back no other rule tells of anything new',
      }),
      dashboard_url: link({ dashboard: 'pmta-service', window: lately(1) }),
      runbook_url: runbook('service_down'),
    },
  }),
];

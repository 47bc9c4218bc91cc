import type { Rule } from '@grafana/grafana-foundation-sdk/alerting';
import type { MetricName } from '../model';
import { lately, link, runbook } from './links';
import { math, question, rule, type Watched } from './rule';
import { count, duration, known, percent, PROVIDER, told } from './texts';

const GROUP = 'figures';

/** Figures are of the last day: what is late by hours still counts. */
const HOURS = 24;

/** Providers with less are too small for a rate. */
const MIN_DELIVERED = 1000;

/** Where Gmail and Yahoo draw the line for their own figure. */
const COMPLAINTS = { warning: 0.001, critical: 0.003 };

/** A rate of a day hovers about its mark for hours: it is over once it was below for so long. */
const KEPT = '6h';

/** So many messages wait, and so large a part of what was sent in a day. */
const BACKLOG = { messages: 1000, share: 0.25 };

/** Nothing was logged for so long, by all nodes together. */
const SILENT_HOURS = 3;

/** Providers with the most mail: those beyond them are below the minimum anyway. */
const MOST_PROVIDERS = 50;

/** A figure of each provider; two of them are of the same providers. */
const byProvider = (refId: string, metric: MetricName, orderBy: MetricName) =>
  question(
    refId,
    {
      queryType: 'metrics',
      metrics: [metric],
      groupBy: ['provider'],
      format: 'numeric',
      orderBy,
      limit: MOST_PROVIDERS,
    },
    HOURS,
  );

const figure = (watched: Watched): Rule => rule(GROUP, watched);

function complaints(severity: 'warning' | 'critical', condition: string): Rule {
  const mark = COMPLAINTS[severity] * 100;
  return figure({
    uid: `watchtower-complaints-${severity}`,
    title: `Complaint rate over ${mark} %`,
    data: [
      byProvider('A', 'complaintRate', 'delivered'),
      byProvider('N', 'delivered', 'delivered'),
      math('C', `$N >= ${MIN_DELIVERED} && ${condition}`),
    ],
    condition: 'C',
    apart: 'provider',
    keep: KEPT,
    labels: { kind: 'complaint_rate', severity },
    annotations: {
      ...told({
        what: `Complaint rate over ${mark} % at ${PROVIDER}`,
        facts: `${percent('A')} of the ${count('N')} messages that were delivered in the last ${HOURS} hours were complained about; a proxy of what Gmail and Yahoo measure`,
      }),
      dashboard_url: link({
        dashboard: 'pmta-risk',
        narrowed: { provider: '$labels.provider' },
        window: lately(HOURS),
      }),
      runbook_url: runbook('complaint_rate'),
    },
  });
}

/** Rules over figures of the last day, by provider. */
export const figureRules: readonly Rule[] = [
  complaints('warning', `$A > ${COMPLAINTS.warning} && $A <= ${COMPLAINTS.critical}`),
  complaints('critical', `$A > ${COMPLAINTS.critical}`),
  figure({
    uid: 'watchtower-backlog',
    title: 'Messages wait',
    data: [
      byProvider('A', 'backlog', 'sent'),
      byProvider('N', 'sent', 'sent'),
      byProvider('Q', 'oldestQueuedAge', 'sent'),
      math('C', `$A > ${BACKLOG.messages} && $A > ${BACKLOG.share} * $N`),
    ],
    condition: 'C',
    apart: 'provider',
    for: '10m',
    labels: { kind: 'backlog', severity: 'warning' },
    annotations: {
      ...told({
        what: `Messages wait for ${PROVIDER}`,
        facts: `${count('A')} have no final outcome${known('Q', `, the oldest for ${duration('Q')}`)}; ${count('N')} were sent in the last ${HOURS} hours`,
      }),
      dashboard_url: link({
        dashboard: 'pmta-flow',
        narrowed: { provider: '$labels.provider' },
        window: lately(HOURS),
      }),
      runbook_url: runbook('backlog'),
    },
  }),
  figure({
    uid: 'watchtower-no-logs',
    title: `No logs for ${SILENT_HOURS} hours`,
    data: [
      question('A', { queryType: 'service', metrics: ['newestEventAgeSeconds'], format: 'numeric' }),
      math('C', `$A > ${SILENT_HOURS * 3600}`),
    ],
    condition: 'C',
    labels: { kind: 'no_logs', severity: 'critical' },
    annotations: {
      ...told({
        what: `No logs for ${SILENT_HOURS} hours`,
        facts: `The newest event of all nodes is ${duration('A')} old: what happened since then is not known`,
      }),
      dashboard_url: link({ dashboard: 'pmta-ingest', window: lately(HOURS) }),
      runbook_url: runbook('no_logs'),
    },
  }),
];

import { ask, askNarrowed, dashboard, firstLine, line, serviceStat, SEVERITY, table, times } from './kit';

/** Alerts of the log that are listed, newest first. */
const ALERTS = 200;

const alerts = table({
  title: 'Log of alerts',
  description:
    'What Grafana’s notifications told, newest first: each alert when it fires and when it is over',
  empty: 'No alert was sent in this range',
  paged: true,
  target: ask({
    queryType: 'sql',
    limit: ALERTS,
    sql: [
      "SELECT at, status, rule, labels['severity'] AS severity, summary, startsAt, endsAt",
      'FROM watchtower.alerts WHERE $__timeFilter(at)',
      `ORDER BY at DESC LIMIT ${ALERTS}`,
    ].join('\n'),
  }),
  columns: [
    times('at', 'Told'),
    { field: 'status', name: 'Status', width: 90 },
    SEVERITY,
    { field: 'rule', name: 'Rule', width: 220 },
    {
      field: 'summary',
      name: 'What',
      more: [{ id: 'custom.cellOptions', value: { type: 'auto', wrapText: true } }],
    },
    times('startsAt', 'Since'),
    times('endsAt', 'Until'),
  ],
});

const incidents = table({
  title: 'Incidents',
  description:
    'Everything that was found in the range, newest first; historical ones were over before they were found',
  empty: 'No incident touches this range',
  paged: true,
  target: askNarrowed({ queryType: 'incidents', format: 'table', filters: [], limit: 200 }),
  columns: [
    times('start', 'Start'),
    SEVERITY,
    { field: 'kind', name: 'Kind', width: 150 },
    { field: 'state', name: 'State', width: 90 },
    {
      field: 'sentence',
      name: 'What',
      minWidth: 260,
      more: [{ id: 'custom.cellOptions', value: { type: 'auto', wrapText: true } }],
    },
    { field: 'ackBy', name: 'Seen by', width: 110 },
    { field: 'note', name: 'Note', width: 140 },
  ],
});

/** Whether Watchtower itself is well. */
export const service = dashboard({
  uid: 'pmta-service',
  title: 'PMTA Watchtower itself',
  description:
    'Whether the service itself is well: its store, how far behind it is, and every alert that it told',
  since: 'now-7d',
  lines: [
    firstLine(
      'Is Watchtower itself well? These figures are as of now, whatever the range. `/metrics` has all of them for Prometheus, `/readyz` for health checks.',
    ),
    line(
      4,
      [4, serviceStat('storeUp', 'Store', 'Whether the store answers', 'short', 'up')],
      [
        4,
        serviceStat('ingestLagSeconds', 'Lag', 'How long the oldest file has waited or loaded', 's', 'lag'),
      ],
      [
        4,
        serviceStat('queuedFiles', 'Files that wait', 'Files that are queued or being loaded now', 'short'),
      ],
      [
        4,
        serviceStat(
          'failedFiles',
          'Failed files',
          'Files that failed or were rejected; Ingestion says why',
          'short',
          'any',
        ),
      ],
      [4, serviceStat('ingestErrors', 'Bad rows', 'Rows of all files that could not be loaded', 'short')],
      [
        4,
        serviceStat(
          'alertsSent',
          'Alerts sent',
          'Alerts that fired and were told since the log began',
          'short',
        ),
      ],
    ),
    line(11, [24, alerts]),
    line(11, [24, incidents]),
  ],
});

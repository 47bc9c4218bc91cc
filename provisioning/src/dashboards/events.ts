import { askNarrowed, chart, dashboard, firstLine, line, table, textBox, times } from './kit';

/** Events of a page of the table; the newest of the range. */
const PAGE = 1000;

const search = '$search';

const volume = chart({
  title: 'Events',
  description:
    'How many events there are of each level: errors are bounces, complaints and blocks, warnings deferrals',
  unit: 'short',
  stacked: true,
  targets: [askNarrowed({ queryType: 'events', format: 'timeseries', search, filters: [] })],
  points: 400,
  field: { displayName: '${__field.labels.level}', noValue: 'No events match' },
  series: {
    info: { name: 'Info', color: 'green' },
    warning: { name: 'Warning', color: 'orange' },
    error: { name: 'Error', color: 'red' },
  },
});

const columns = [
  times('time', 'Time'),
  { field: 'eventType', name: 'Type', width: 75 },
  { field: 'outcome', name: 'Outcome', width: 85 },
  { field: 'recipient', name: 'Recipient', width: 180 },
  { field: 'provider', name: 'Provider', width: 90 },
  { field: 'diag', name: 'Reply', minWidth: 280 },
  { field: 'smtpStatus', name: 'Status', width: 65 },
  { field: 'vmta', name: 'VMTA', width: 80 },
  { field: 'sourceIp', name: 'IP', width: 120 },
  { field: 'job', name: 'Job', width: 100 },
  { field: 'sender', name: 'Sender', width: 190 },
  { field: 'latency', name: 'Latency', width: 80 },
  { field: 'messageId', name: 'Message', width: 150 },
] as const;

const list = table({
  title: 'Newest events',
  description: `The newest ${PAGE} events of the range; narrow the time or the filters for others. A click on a message opens it`,
  empty: 'No events match: widen the time, or take filters away',
  paged: true,
  target: askNarrowed({
    queryType: 'events',
    format: 'table',
    search,
    columns: columns.map(({ field }) => field),
    filters: [],
    limit: PAGE,
  }),
  columns: columns.map((column) => ({ ...column, more: [{ id: 'custom.inspect', value: true }] })),
});

/** Single events: where every chart of the others leads to. */
export const events = dashboard({
  uid: 'pmta-events',
  title: 'PMTA events',
  description:
    'Single events of the logs, by any filter; the charts of the other dashboards lead here with theirs',
  variables: [textBox('search', 'Reply contains')],
  exported: ['search'],
  lines: [
    firstLine(
      'Which events? Filters take any dimension (`outcome`, `reason`, `recipient`, `header:…`). **Export** saves every event of them, however many.',
    ),
    line(7, [24, volume]),
    line(18, [24, list]),
  ],
});

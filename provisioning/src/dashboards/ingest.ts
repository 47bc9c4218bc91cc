import { ask, dashboard, filesPanel, firstLine, groupedChart, line, serviceStat, table } from './kit';

/** Rows that could not be read; the newest files first. */
const ERRORS = 100;

const errors = table({
  title: 'Rows that could not be loaded',
  description: 'Of the newest files that have any; the good rows of a file are loaded all the same',
  empty: 'Every row of every file was loaded',
  paged: true,
  target: ask({ queryType: 'ingestErrors', limit: ERRORS }),
  columns: [
    { field: 'name', name: 'File', width: 220 },
    { field: 'line', name: 'Line', width: 80 },
    { field: 'reason', name: 'Why', width: 300 },
    { field: 'raw', name: 'Row', more: [{ id: 'custom.inspect', value: true }] },
  ],
});

/** Whether logs come in. */
export const ingest = dashboard({
  uid: 'pmta-ingest',
  title: 'PMTA ingestion',
  description:
    'Whether logs come in: files with their state, upload, rows that could not be read, and how far behind it is',
  lines: [
    firstLine(
      'Do the logs come? Drop files on the panel below, or copy them into the drop folder. A **rejected** file says why; its other copies count all the same.',
    ),
    line(
      4,
      [
        6,
        serviceStat('ingestLagSeconds', 'Lag', 'How long the oldest file has waited or loaded', 's', 'lag'),
      ],
      [
        6,
        serviceStat('queuedFiles', 'Files that wait', 'Files that are queued or being loaded now', 'short'),
      ],
      [
        6,
        serviceStat(
          'failedFiles',
          'Failed files',
          'Files that failed or were rejected; the list says why',
          'short',
          'any',
        ),
      ],
      [6, serviceStat('ingestErrors', 'Bad rows', 'Rows of all files that could not be loaded', 'short')],
    ),
    line(16, [24, filesPanel('Files', 'Upload and list of log files; retry and delete as your role allows')]),
    line(9, [
      24,
      groupedChart({
        title: 'Events by node',
        description: 'Attempts by the server they were logged on: where a node ends, its logs stopped coming',
        metric: 'attempts',
        by: 'node',
        most: 'attempts',
        stacked: true,
      }),
    ]),
    line(10, [24, errors]),
  ],
});

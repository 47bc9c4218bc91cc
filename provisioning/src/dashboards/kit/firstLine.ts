import { line, type Line } from './grid';
import { JUDGED } from './panels/look';
import { stat } from './panels/stat';
import { table } from './panels/table';
import { guide } from './panels/text';
import { ask, askNarrowed } from './questions';

/** Most open incidents of the first line: more are a look at the war room. */
const MOST = 20;

/** What every dashboard begins with: open incidents of the mail that is chosen, how old the newest event is, and a guide. */
export function firstLine(text: string): Line {
  return line(5, [14, openIncidents], [4, newestEvent], [6, guide(text)]);
}

const severities = {
  type: 'value',
  options: {
    critical: { color: 'red', index: 0 },
    warning: { color: 'orange', index: 1 },
    info: { color: 'blue', index: 2 },
  },
};

const open = { dimension: 'state', operator: 'in' as const, values: ['open', 'provisional'] };

const openIncidents = table({
  title: 'Open incidents',
  description: 'What is wrong now in the mail that the variables choose, newest first',
  target: askNarrowed({ queryType: 'incidents', filters: [open], format: 'table', limit: MOST }),
  empty: 'No open incidents',
  columns: [
    {
      field: 'severity',
      name: 'Severity',
      width: 90,
      more: [
        { id: 'mappings', value: [severities] },
        { id: 'custom.cellOptions', value: { type: 'color-text' } },
      ],
    },
    { field: 'start', name: 'Since', width: 150, unit: 'dateTimeFromNow' },
    { field: 'sentence', name: 'What' },
  ],
});

const newestEvent = stat({
  title: 'Newest event',
  description: 'Age of the newest event that was loaded: what is shown ends there',
  target: ask({ queryType: 'service', metrics: ['newestEventAgeSeconds'], format: 'numeric' }),
  unit: 's',
  steps: JUDGED.eventAge,
  noValue: 'No logs yet',
});

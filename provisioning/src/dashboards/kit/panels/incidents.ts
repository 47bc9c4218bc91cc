import type { Unplaced } from '../grid';
import { address, type Link } from '../links';
import { askNarrowed } from '../questions';
import { table, type Column } from './table';

/** How bad it is, in its colour. */
export const SEVERITY: Column = {
  field: 'severity',
  name: 'Severity',
  width: 75,
  more: [
    {
      id: 'mappings',
      value: [
        {
          type: 'value',
          options: {
            critical: { color: 'red', index: 0 },
            warning: { color: 'orange', index: 1 },
            info: { color: 'blue', index: 2 },
          },
        },
      ],
    },
    { id: 'custom.cellOptions', value: { type: 'color-text' } },
  ],
};

/** Most open incidents of the first line: more are a look at the war room. */
const MOST = 20;

const open = { dimension: 'state', operator: 'in' as const, values: ['open', 'provisional'] };

/** From an incident to what probably caused it. */
export const CAUSES: Link = {
  title: 'Its probable causes',
  url: address('pmta-war-room', { chosen: { incident: '__data.fields.id' } }),
};

/** What is wrong now in the mail that is chosen. */
export function openIncidents(): Unplaced {
  return table({
    title: 'Open incidents',
    description: 'What is wrong now in the mail that the variables choose, newest first',
    target: askNarrowed({ queryType: 'incidents', filters: [open], format: 'table', limit: MOST }),
    empty: 'No open incidents',
    columns: [
      SEVERITY,
      {
        field: 'sentence',
        name: 'What',
        minWidth: 230,
        more: [
          { id: 'links', value: [CAUSES] },
          { id: 'custom.cellOptions', value: { type: 'auto', wrapText: true } },
        ],
      },
      // Behind the sentence: a phone shows what is wrong first.
      { field: 'start', name: 'Since', width: 120, unit: 'dateTimeFromNow' },
      { field: 'id', name: 'id', hidden: true },
    ],
  });
}

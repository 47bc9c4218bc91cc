import type { Unplaced } from '../grid';
import { askNarrowed } from '../questions';
import { textBox } from '../variables';
import { table, type Column } from './table';

/** Causes that are looked at; each brings its evidence. */
const MOST = 3;

/** The incident whose causes are shown: set by a click on one. */
export const INCIDENT = textBox('incident', 'Causes of incident');

/** What a row is: the cause itself, or what speaks for it and against it. */
const EVIDENCE: Column = {
  field: 'evidence',
  name: 'Row',
  width: 80,
  more: [
    {
      id: 'mappings',
      value: [
        {
          type: 'value',
          options: {
            cause: { text: 'Cause', color: 'orange', index: 0 },
            reason: { text: 'They say', color: 'text', index: 1 },
            source: { text: 'Sent by', color: 'text', index: 2 },
            place: { text: 'Where', color: 'text', index: 3 },
            before: { text: 'First', color: 'text', index: 4 },
            not: { text: 'But not', color: 'text', index: 5 },
            also: { text: 'Also', color: 'text', index: 6 },
          },
        },
      ],
    },
    { id: 'custom.cellOptions', value: { type: 'color-text' } },
  ],
};

/** Why mail fares worse than before, with the evidence: of the mail of the range, or of the incident that was chosen. */
export function probableCauses(of: 'range' | 'incident'): Unplaced {
  const chosen = of === 'incident';
  return table({
    title: 'Probable causes',
    description: chosen
      ? 'Why the mail of the incident that was clicked above fares worse than before; most probable first, with the evidence'
      : 'Why the mail of the range fares worse than before, with the evidence; most probable first',
    target: askNarrowed({
      queryType: 'causes',
      ...(chosen && { incident: `$${INCIDENT.name}` }),
      filters: [],
      limit: MOST,
    }),
    empty: chosen
      ? 'Click an open incident above, or one of the timeline'
      : 'Nothing fares worse than before',
    columns: [
      { field: 'rank', name: '#', width: 50 },
      EVIDENCE,
      {
        field: 'sentence',
        name: 'What speaks for it',
        minWidth: 300,
        more: [
          { id: 'links', value: [{ title: 'Look at it', url: '${__data.fields.link:raw}' }] },
          { id: 'custom.cellOptions', value: { type: 'auto', wrapText: true } },
        ],
      },
      { field: 'confidence', name: 'Sure', width: 70, unit: 'percentunit' },
      { field: 'link', name: 'link', hidden: true },
    ],
  });
}

import type { Unplaced } from '../grid';
import { askNarrowed } from '../questions';
import { SEVERITY } from './incidents';
import { table } from './table';

/** The few things worth knowing at the end of the range, worst first; each leads to where it can be looked at. */
export function insightCards(): Unplaced {
  return table({
    title: 'Worth knowing',
    description:
      'Incidents, trends, reputation and risk at the end of the range, worst first. A click leads there',
    target: askNarrowed({ queryType: 'insights', filters: [] }),
    empty: 'Nothing stands out',
    columns: [
      SEVERITY,
      {
        field: 'sentence',
        name: 'What',
        more: [
          { id: 'links', value: [{ title: 'Look at it', url: '${__data.fields.link:raw}' }] },
          { id: 'custom.cellOptions', value: { type: 'auto', wrapText: true } },
        ],
      },
      { field: 'link', name: 'link', hidden: true },
    ],
  });
}

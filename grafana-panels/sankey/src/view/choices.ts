import { t } from '@grafana/i18n';
import { locationService } from '@grafana/runtime';
import type { Choice } from '../../../shared/actions/choices';
import { linksOfRow } from '../../../shared/actions/dataLinks';
import type { FilterPair } from '../../../shared/actions/filtering';
import type { Flow, FlowFields, FlowNode } from '../flow/types';

/** What a click on a node or link can do: filter by its names, follow the data links of its row. */
export function choicesOf(
  id: string,
  flow: Flow,
  fields: FlowFields,
  filter: ((pairs: readonly FilterPair[]) => void) | undefined
): Choice[] {
  const link = flow.links.find((each) => each.id === id);
  const ends = link ? [link.source, link.target] : [id];
  const pairs = ends.flatMap((end) => pairOf(flow.nodes.find((node) => node.id === end)));
  const choices: Choice[] = [];
  // A link to several nodes put together can be filtered by one end alone, which the node itself does.
  if (filter && pairs.length === ends.length) {
    const names = pairs.map(({ value }) => value).join(' → ');
    choices.push({ label: t('sankey.filter', 'Show only {{names}}', { names }), run: () => filter(pairs) });
  }
  const [row] = link && link.rows.length === 1 ? link.rows : [];
  if (row !== undefined) {
    for (const { title, href, target } of linksOfRow(fields.frame.fields, row)) {
      const run = () => (target === '_blank' ? void window.open(href, target, 'noopener') : locationService.push(href));
      choices.push({ label: title, href, target, run });
    }
  }
  return choices;
}

/** What the service calls the values of a level that it put together: no value that could be filtered by. */
const OTHER = 'other';

function pairOf(node: FlowNode | undefined): FilterPair[] {
  if (!node || node.dimension === undefined || node.folded !== undefined || node.name === OTHER) {
    return [];
  }
  return [{ dimension: node.dimension, value: node.name }];
}

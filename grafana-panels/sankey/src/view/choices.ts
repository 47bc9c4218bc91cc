import { choicesFor, type Choice } from '../../../shared/actions/choices';
import type { FilterPair } from '../../../shared/actions/filtering';
import { isOther } from '../flow/fold';
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
  const [row] = link && link.rows.length === 1 ? link.rows : [];
  return choicesFor(
    {
      // A link to several nodes put together can be filtered by one end alone, which the node itself does.
      pairs: pairs.length === ends.length ? pairs : [],
      joint: ' → ',
      rows: row === undefined ? [] : [{ fields: fields.frame.fields, row }],
    },
    filter
  );
}

function pairOf(node: FlowNode | undefined): FilterPair[] {
  return node?.dimension === undefined || isOther(node) ? [] : [{ dimension: node.dimension, value: node.name }];
}

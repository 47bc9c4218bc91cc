import { getFieldDisplayName, type Field } from '@grafana/data';
import { shown, type Fact } from '../../../shared/fields/shown';
import { t } from '../../../shared/texts';
import type { DrawableFlow } from '../flow/flow';
import { sizesOf } from '../flow/fold';
import type { FlowFields, FlowLink, FlowNode } from '../flow/types';
import type { PlacedLink, PlacedNode } from '../layout/layout';

/** What is known of what was drawn. */
export function factsOf(placed: PlacedLink | PlacedNode, flow: DrawableFlow, fields: FlowFields): Fact[] {
  return 'link' in placed ? factsOfLink(placed.link, fields) : factsOfNode(placed.node, flow, fields);
}

/** What is known of a link: every field of its row, or what is left of several rows put together. */
function factsOfLink(link: FlowLink, fields: FlowFields): Fact[] {
  const { frame, source, target, level, sourceDimension, targetDimension, value, color, pinch } = fields;
  const named = [source, target, level, sourceDimension, targetDimension];
  const fact = (field: Field, of: unknown): Fact => ({
    label: getFieldDisplayName(field, frame),
    value: shown(field, of),
  });
  const [row] = link.rows;
  if (link.rows.length === 1 && row !== undefined) {
    return frame.fields.filter((field) => !named.includes(field)).map((field) => fact(field, field.values[row]));
  }
  return [
    fact(value, link.value),
    ...(color ? [fact(color, link.color)] : []),
    ...(pinch && pinch !== color ? [fact(pinch, link.pinch)] : []),
    { label: t('sankey.put-together', 'Links put together'), value: String(link.rows.length) },
  ];
}

/** What is known of a node: what passes it, and its share of its level. */
function factsOfNode(node: FlowNode, flow: DrawableFlow, { frame, value }: FlowFields): Fact[] {
  const sizes = sizesOf(flow);
  const size = sizes.get(node.id) ?? 0;
  const level = flow.nodes.filter((each) => each.level === node.level);
  const whole = level.reduce((sum, each) => sum + (sizes.get(each.id) ?? 0), 0);
  return [
    { label: getFieldDisplayName(value, frame), value: shown(value, size) },
    { label: t('sankey.share', 'Share of its level'), value: `${((100 * size) / whole).toFixed(1)} %` },
    ...(node.folded === undefined ? [] : [{ label: t('sankey.folded', 'Values in it'), value: String(node.folded) }]),
  ];
}

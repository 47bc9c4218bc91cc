import { getFieldDisplayName } from '@grafana/data';
import type { DrawableFlow } from '../flow/flow';
import type { FlowFields } from '../flow/types';
import { shown, colorOf } from '../../../shared/fields/shown';
import { labelPlace, labelText, type LabelPlace } from '../layout/labels';
import type { Layout, PlacedLink, PlacedNode } from '../layout/layout';
import { isAlarming, throughOf } from '../layout/pinch';
import type { SankeyOptions } from '../options';

/** A link as it is drawn and said. */
export interface DrawnLink {
  readonly placed: PlacedLink;
  /** Source and target. */
  readonly title: string;
  /** What people hear who do not see it. */
  readonly label: string;
  readonly color: string | undefined;
  /** Share of the pipe that got through; undefined where pipes are not pinched. */
  readonly through: number | undefined;
  readonly alarming: boolean;
}

/** A node as it is drawn and said. */
export interface DrawnNode {
  readonly placed: PlacedNode;
  readonly title: string;
  readonly label: string;
  /** As much of its name as there is room for. */
  readonly text: string;
  readonly at: LabelPlace;
}

/** Everything that is drawn of a flow. */
export interface Drawing {
  readonly links: readonly DrawnLink[];
  readonly nodes: readonly DrawnNode[];
}

type Look = Pick<SankeyOptions, 'pinchKind' | 'showValues'>;

/** What is drawn, worked out once for a flow: it stays as it is while the mouse moves over it. */
export function drawingOf(
  flow: DrawableFlow,
  layout: Layout,
  fields: FlowFields,
  { pinchKind, showValues }: Look,
  widthOf: (text: string) => number
): Drawing {
  const names = new Map(flow.nodes.map(({ id, name }) => [id, name]));
  const health = fields.color && getFieldDisplayName(fields.color, fields.frame);
  const { color, pinch } = fields;
  const scale = pinch?.config.max ?? flow.links.reduce((most, link) => Math.max(most, link.pinch ?? 0), 0);
  const links = layout.links.map((placed): DrawnLink => {
    const { link } = placed;
    const title = `${names.get(link.source)} → ${names.get(link.target)}`;
    const through = pinch && throughOf(link.pinch, pinchKind, scale, pinch.config.unit);
    return {
      placed,
      title,
      label: [
        `${title}: ${shown(fields.value, link.value)}`,
        ...(color ? [`${health} ${shown(color, link.color)}`] : []),
      ].join(', '),
      color: colorOf(color, link.color),
      through,
      alarming: through !== undefined && isAlarming(through),
    };
  });
  const nodes = layout.nodes.map((placed): DrawnNode => {
    const { name } = placed.node;
    const value = shown(fields.value, placed.value);
    const at = labelPlace(placed, layout);
    return {
      placed,
      title: name,
      label: `${name}: ${value}`,
      text: labelText(name, showValues ? value : '', at.room, widthOf),
      at,
    };
  });
  return { links, nodes };
}

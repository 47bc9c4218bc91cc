import { cx } from '@emotion/css';
import React, { memo } from 'react';
import { bandPath } from '../layout/band';
import type { LabelPlace } from '../layout/labels';
import type { PlacedLink, PlacedNode } from '../layout/layout';
import type { ShapeStyles } from './styles';

interface Common {
  readonly styles: ShapeStyles;
  readonly label: string;
  /** Not on the way that is looked at. */
  readonly dimmed: boolean;
  /** Reached by the tabulator key: one shape of a drawing is. */
  readonly reachable: boolean;
}

interface LinkProps extends Common {
  readonly placed: PlacedLink;
  readonly color: string;
  readonly minWidth: number;
  /** Share of the pipe that got through; undefined where pipes are not pinched. */
  readonly through: number | undefined;
  readonly alarming: boolean;
}

/** A link: a band, or a pipe in which what got through is drawn inside what was tried. */
export const LinkShape = memo(function LinkShape(props: LinkProps) {
  const { placed, color, minWidth, through, alarming, styles, label, dimmed, reachable } = props;
  const width = Math.max(minWidth, placed.width);
  return (
    <g
      data-id={placed.link.id}
      role="button"
      aria-label={label}
      tabIndex={reachable ? 0 : -1}
      className={cx(styles.shape, dimmed && styles.dimmed)}
    >
      <path
        d={bandPath(placed, width, 1)}
        fill={color}
        className={through === undefined ? styles.band : styles.tried}
      />
      {through !== undefined && (
        <path
          d={bandPath(placed, width, through)}
          fill={color}
          className={cx(styles.through, alarming && styles.alarming)}
        />
      )}
    </g>
  );
});

interface NodeProps extends Common {
  readonly placed: PlacedNode;
}

/** A node: a bar as high as what passes it. */
export const NodeShape = memo(function NodeShape({ placed, styles, label, dimmed, reachable }: NodeProps) {
  const { node, x0, x1, y0, y1 } = placed;
  return (
    <g
      data-id={node.id}
      role="button"
      aria-label={label}
      tabIndex={reachable ? 0 : -1}
      className={cx(styles.shape, dimmed && styles.dimmed)}
    >
      <rect x={x0} y={y0} width={x1 - x0} height={Math.max(1, y1 - y0)} className={styles.node} />
    </g>
  );
});

interface LabelProps {
  /** The name of a node, as far as there is room for it. */
  readonly text: string;
  readonly at: LabelPlace;
  readonly dimmed: boolean;
  readonly styles: ShapeStyles;
}

/** The name beside a node. Whoever does not see it hears the whole name from the node. */
export const Label = memo(function Label({ text, at, dimmed, styles }: LabelProps) {
  return (
    <text x={at.x} y={at.y} textAnchor={at.anchor} className={cx(styles.label, dimmed && styles.dimmed)} aria-hidden>
      {text}
    </text>
  );
});

import React, { memo } from 'react';
import type { Ways } from '../flow/trace';
import type { Heading } from '../layout/labels';
import type { Drawing } from './drawing';
import { Label, LinkShape, NodeShape } from './Shapes';
import type { ShapeStyles } from './styles';

interface Props {
  drawing: Drawing;
  headings: readonly Heading[];
  /** What lies on the ways through what is looked at; undefined where nothing is. */
  ways: Ways | undefined;
  /** Id of the shape that the tabulator key reaches. */
  reachable: string | undefined;
  minWidth: number;
  /** Colour of links of which nothing is known. */
  neutral: string;
  styles: ShapeStyles;
}

/** The shapes and names of a drawing. It is drawn anew where something in it changes, not where the mouse moves. */
export const Picture = memo(function Picture(props: Props) {
  const { drawing, headings, ways, reachable, minWidth, neutral, styles } = props;
  return (
    <>
      {headings.map(({ text, x, anchor }) => (
        <text key={x} x={x} y={HEADING} textAnchor={anchor} className={styles.heading}>
          {text}
        </text>
      ))}
      {drawing.links.map(({ placed, label, color = neutral, through, alarming }) => {
        const { id } = placed.link;
        return (
          <LinkShape
            key={id}
            {...{ placed, label, color, through, alarming, minWidth, styles }}
            dimmed={ways !== undefined && !ways.links.has(id)}
            reachable={id === reachable}
          />
        );
      })}
      {drawing.nodes.map(({ placed, label }) => {
        const { id } = placed.node;
        return (
          <NodeShape
            key={id}
            {...{ placed, label, styles }}
            dimmed={ways !== undefined && !ways.nodes.has(id)}
            reachable={id === reachable}
          />
        );
      })}
      {drawing.nodes.map(({ placed: { node }, text, at }) => (
        <Label key={node.id} {...{ text, at, styles }} dimmed={ways !== undefined && !ways.nodes.has(node.id)} />
      ))}
    </>
  );
});

/** Where the names of the levels stand. */
const HEADING = 8;

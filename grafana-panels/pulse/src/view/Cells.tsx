import React, { memo } from 'react';
import type { Layout } from '../layout/layout';
import type { Place } from '../layout/neighbours';
import { CellBox } from './CellBox';
import type { DrawnCell } from './drawn';
import type { BoardStyles } from './styles';

/** A cell with its place, in pixels. */
export interface PlacedCell extends Place {
  readonly seen: DrawnCell;
}

interface Props {
  placed: readonly PlacedCell[];
  layout: Layout;
  /** Id of the cell that the tabulator key reaches. */
  reachable: string | undefined;
  styles: BoardStyles;
}

/** The cells where they stand. They are gone through where something in them changes, not where the mouse moves. */
export const Cells = memo(function Cells({ placed, layout, reachable, styles }: Props) {
  const { cellWidth, cellHeight, detail } = layout;
  return (
    <>
      {placed.map(({ id, seen, x, y }) => (
        <CellBox
          key={id}
          seen={seen}
          x={x}
          y={y}
          width={cellWidth}
          height={cellHeight}
          detail={detail}
          reachable={id === reachable}
          styles={styles}
        />
      ))}
    </>
  );
});

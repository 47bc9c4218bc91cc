import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';

/** Columns of Grafana's grid. */
export const COLUMNS = 24;

/** A panel that has no place yet. */
export type Unplaced = Omit<Panel, 'id' | 'gridPos'>;

/** Panels side by side: all of a height, each with its share of the columns. */
export interface Line {
  readonly height: number;
  readonly panels: readonly (readonly [columns: number, panel: Unplaced])[];
}

/** Panels side by side, `height` units of 38 px high. */
export function line(height: number, ...panels: Line['panels']): Line {
  return { height, panels };
}

/** Places lines under one another, and numbers the panels as they stand. */
export function placed(lines: readonly Line[]): Panel[] {
  let y = 0;
  let id = 0;
  return lines.flatMap(({ height, panels }) => {
    let x = 0;
    const row = panels.map(([w, panel]): Panel => {
      const gridPos = { h: height, w, x, y };
      x += w;
      return { id: ++id, ...panel, gridPos };
    });
    y += height;
    return row;
  });
}

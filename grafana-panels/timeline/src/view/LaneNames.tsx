import { useStyles2 } from '@grafana/ui';
import React from 'react';
import type { Lanes } from '../layout/lanes';
import { getStyles } from './styles';

interface Props {
  lanes: Lanes;
  rowHeight: number;
  /** Pixels that were scrolled away above, and how many are in sight. */
  scrolled: number;
  height: number;
  width: number;
  laneName: (name: string) => string;
}

/** Names of the lanes in sight; a lane that begins above says its name at the top. */
export function LaneNames({ lanes, rowHeight, scrolled, height, width, laneName }: Props) {
  const styles = useStyles2(getStyles);
  const seen = lanes.lanes.filter(
    ({ line, lines }) => (line + lines) * rowHeight > scrolled && line * rowHeight < scrolled + height
  );
  return (
    <div className={styles.lanes} style={{ width }}>
      {seen.map(({ name, line, lines }) => {
        const top = line * rowHeight - scrolled;
        return (
          <div
            key={line}
            className={styles.lane}
            style={{ top: Math.max(top, 0), height: rowHeight }}
            title={laneName(name)}
          >
            <span style={{ visibility: top + lines * rowHeight < rowHeight / 2 ? 'hidden' : 'visible' }}>
              {laneName(name)}
            </span>
          </div>
        );
      })}
    </div>
  );
}

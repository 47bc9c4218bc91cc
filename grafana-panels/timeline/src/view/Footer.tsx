import { getFieldDisplayName } from '@grafana/data';
import { t } from '../../../shared/texts';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import type { ReadSpans, SpanFields } from '../spans/types';
import type { Painter } from './colors';
import { Legend } from './Legend';
import { getStyles } from './styles';

interface Props {
  /** In pixels. */
  height: number;
  read: ReadSpans;
  fields: SpanFields;
  colorOf: Painter;
  legend: boolean;
}

/** What the colours mean, and what of the data is not drawn. */
export function Footer({ height, read: { spans, skipped }, fields: { color, frame }, colorOf, legend }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.footer} style={{ height }}>
      {legend && color && (
        <>
          <span>{getFieldDisplayName(color, frame)}:</span>
          <Legend field={color} rows={spans.map(({ row }) => row)} colorOf={colorOf} />
        </>
      )}
      {skipped > 0 && (
        <span>
          {t('timeline.skipped', '{{count}} rows without a start, or with an end before it, are not drawn', {
            count: skipped,
          })}
        </span>
      )}
    </div>
  );
}

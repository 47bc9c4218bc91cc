import { getFieldDisplayName } from '@grafana/data';
import { t } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { shown } from '../../../shared/fields/shown';
import type { ReadSpans, SpanFields } from '../spans/types';
import type { Painter } from './colors';
import { getStyles } from './styles';

interface Props {
  read: ReadSpans;
  fields: SpanFields;
  colorOf: Painter;
  legend: boolean;
}

/** More colours than these say nothing any more. */
const MOST = 12;

/** What the colours mean, and what of the data is not drawn. */
export function Footer({ read: { spans, skipped }, fields: { color, frame }, colorOf, legend }: Props) {
  const styles = useStyles2(getStyles);
  const byText = new Map<string, string>();
  if (legend && color) {
    for (const { row } of spans) {
      byText.set(shown(color, color.values[row]), colorOf(row));
    }
  }
  const entries = [...byText].filter(([text]) => text !== '').slice(0, MOST);
  return (
    <div className={styles.footer}>
      {legend && color && <span>{getFieldDisplayName(color, frame)}:</span>}
      {entries.map(([text, fill]) => (
        <span key={text}>
          <span className={styles.swatch} style={{ background: fill }} />
          {text}
        </span>
      ))}
      {byText.size > entries.length && (
        <span>{t('timeline.more-colors', 'and {{count}} more', { count: byText.size - entries.length })}</span>
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

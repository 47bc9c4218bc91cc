import type { Field } from '@grafana/data';
import { t } from '../../../shared/texts';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { shown } from '../../../shared/fields/shown';
import type { Painter } from './colors';
import { getStyles } from './styles';

interface Props {
  field: Field;
  rows: readonly number[];
  colorOf: Painter;
}

/** More colours than these say nothing any more. */
const MOST = 12;

/** What the colours mean. */
export function Legend({ field, rows, colorOf }: Props) {
  const styles = useStyles2(getStyles);
  const byValue = new Map(rows.map((row) => [field.values[row] as unknown, row]));
  const texts = new Map([...byValue.values()].map((row) => [shown(field, field.values[row]), colorOf(row)]));
  const entries = [...texts].filter(([text]) => text !== '');
  return (
    <>
      {entries.slice(0, MOST).map(([text, fill]) => (
        <span key={text}>
          <span className={styles.swatch} style={{ background: fill }} />
          {text}
        </span>
      ))}
      {entries.length > MOST && (
        <span>{t('timeline.more-colors', 'and {{count}} more', { count: entries.length - MOST })}</span>
      )}
    </>
  );
}

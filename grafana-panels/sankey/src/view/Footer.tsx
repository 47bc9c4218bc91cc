import { getFieldDisplayName, type Field } from '@grafana/data';
import React from 'react';
import { shown } from '../../../shared/fields/shown';
import { t } from '../../../shared/texts';
import type { DrawableFlow } from '../flow/flow';
import type { FlowFields } from '../flow/types';
import type { ShapeStyles } from './styles';

interface Props {
  flow: DrawableFlow;
  fields: FlowFields;
  legend: boolean;
  styles: ShapeStyles;
}

/** What width and colour mean, and what of the data is not drawn. */
export function Footer({ flow, fields, legend, styles }: Props) {
  const { frame, value, color } = fields;
  const { cycles, skipped } = flow;
  return (
    <div className={styles.footer}>
      {legend && <span>{t('sankey.width', 'Width: {{field}}', { field: getFieldDisplayName(value, frame) })}</span>}
      {legend && color && (
        <span>
          {t('sankey.color', 'Colour: {{field}}', { field: getFieldDisplayName(color, frame) })}
          {stepsOf(color).map(({ label, color: fill }) => (
            <React.Fragment key={label}>
              {' '}
              <span className={styles.swatch} style={{ background: fill }} />
              {label}
            </React.Fragment>
          ))}
        </span>
      )}
      {cycles > 0 && (
        <span>{t('sankey.cycles', '{{count}} links that lead back are not drawn', { count: cycles })}</span>
      )}
      {skipped > 0 && (
        <span>
          {t('sankey.skipped', '{{count}} rows without a name or a number of 0 or more are not drawn', {
            count: skipped,
          })}
        </span>
      )}
    </div>
  );
}

/** The steps of a field's colours: its thresholds, else its least and largest value. */
function stepsOf(field: Field): Array<{ label: string; color: string | undefined }> {
  const { thresholds, color } = field.config;
  if (color?.mode === 'thresholds' && thresholds) {
    return thresholds.steps.map(({ value }, i) => {
      const from = value === null || value === -Infinity ? (thresholds.steps[i + 1]?.value ?? Infinity) : value;
      const sign = value === null || value === -Infinity ? '<' : '≥';
      return { label: `${sign} ${shown(field, from)}`, color: field.display?.(value ?? from - 1).color };
    });
  }
  const numbers = field.values.filter((each: unknown): each is number => typeof each === 'number');
  const ends = [...new Set([Math.min(...numbers), Math.max(...numbers)])].filter(Number.isFinite);
  return ends.map((end) => ({ label: shown(field, end), color: field.display?.(end).color }));
}

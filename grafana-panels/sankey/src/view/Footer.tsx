import { getFieldDisplayName, type Field } from '@grafana/data';
import { Icon } from '@grafana/ui';
import React from 'react';
import { shown } from '../../../shared/fields/shown';
import { t } from '../../../shared/texts';
import type { DrawableFlow } from '../flow/flow';
import type { FlowFields } from '../flow/types';
import type { ShapeStyles } from './styles';

interface Props {
  flow: DrawableFlow;
  fields: FlowFields;
  lacking: readonly string[];
  legend: boolean;
  styles: ShapeStyles;
}

/** What of the data is not drawn, and what width, colour and pinch mean. */
export function Footer({ flow, fields, lacking, legend, styles }: Props) {
  const { frame, value, color, pinch } = fields;
  const named = (field: Field) => ({ field: getFieldDisplayName(field, frame) });
  const notices = noticesOf(flow, lacking);
  return (
    <div className={styles.footer}>
      {notices.length > 0 && (
        <span className={styles.part} role="note" title={notices.join('\n')}>
          <Icon name="exclamation-triangle" size="sm" aria-hidden /> {notices.join('; ')}
        </span>
      )}
      {legend && color && (
        <span className={styles.steps}>
          {t('sankey.color', 'Colour: {{field}}', named(color))}
          {stepsOf(color).map(({ label, color: fill }) => (
            <React.Fragment key={label}>
              {' '}
              <span className={styles.swatch} style={{ background: fill }} />
              {label}
            </React.Fragment>
          ))}
        </span>
      )}
      {legend && pinch && <span className={styles.part}>{t('sankey.inside', 'Inside: {{field}}', named(pinch))}</span>}
      {legend && <span className={styles.part}>{t('sankey.width', 'Width: {{field}}', named(value))}</span>}
    </div>
  );
}

function noticesOf({ cycles, skipped }: DrawableFlow, lacking: readonly string[]): string[] {
  return [
    ...(lacking.length > 0 ? [t('sankey.lacking', 'No field: {{fields}}', { fields: lacking.join(', ') })] : []),
    ...(cycles > 0 ? [t('sankey.cycles', '{{count}} links that lead back are not drawn', { count: cycles })] : []),
    ...(skipped > 0
      ? [
          t('sankey.skipped', '{{count}} rows without a name or a number of 0 or more are not drawn', {
            count: skipped,
          }),
        ]
      : []),
  ];
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

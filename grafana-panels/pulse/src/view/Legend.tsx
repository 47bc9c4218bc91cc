import React from 'react';
import { shown } from '../../../shared/fields/shown';
import { t } from '../../../shared/texts';
import { stepsOf } from '../board/board';
import type { Cell, Standing } from '../board/types';
import { label, standingText } from './describe';
import type { BoardStyles } from './styles';

interface Props {
  cells: readonly Cell[];
  skipped: number;
  styles: BoardStyles;
}

/** How many cells stand how, what the colours mean, and what of the data is not shown. */
export function Legend({ cells, skipped, styles }: Props) {
  const field = cells.find(({ entity }) => entity.readings.state)?.entity.readings.state?.field;
  const steps = stepsOf(field);
  const standing = (which: Standing) => cells.filter((cell) => cell.standing === which).length;
  const dark = standing('dark');
  const rest = (['few', 'idle', 'unknown'] as const).filter((which) => standing(which) > 0);
  return (
    <div className={styles.legend}>
      {dark > 0 && (
        <strong>
          {dark} {standingText('dark')}
        </strong>
      )}
      {field && (
        <span>
          {label(field)}
          {steps.map(({ value, color }, i) => {
            const first = value === null || value === -Infinity;
            const from = first ? (steps[i + 1]?.value ?? 0) : value;
            return (
              <React.Fragment key={`${value} ${color}`}>
                {' '}
                <span
                  className={styles.swatch}
                  style={{ background: field.display?.(first ? from - 1 : from).color }}
                />
                {steps.length > 1 && `${first ? '<' : '≥'} ${shown(field, from)}: `}
                <strong>{cells.filter((cell) => cell.step === i).length}</strong>
              </React.Fragment>
            );
          })}
        </span>
      )}
      {rest.map((which) => (
        <span key={which}>
          {standingText(which)}: <strong>{standing(which)}</strong>
        </span>
      ))}
      {skipped > 0 && (
        <span>{t('pulse.skipped', '{{count}} rows without a name are not shown', { count: skipped })}</span>
      )}
    </div>
  );
}

import { t } from '../../../shared/texts';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { textAt } from '../../../shared/fields/find';
import { summaryOf } from '../message/read';
import type { ReadSteps, StepFields } from '../message/types';
import type { Painter } from './colors';
import { Legend } from './Legend';
import { getStyles } from './styles';
import { lastedText } from './times';

interface Props {
  /** In pixels. */
  height: number;
  read: ReadSteps;
  fields: StepFields;
  colorOf: Painter;
  legend: boolean;
  isShortened: boolean;
}

/** How it ended, what is not to scale, and what of the data is not drawn. */
export function MessageFooter({ height, read, fields, colorOf, legend, isShortened }: Props) {
  const styles = useStyles2(getStyles);
  const { steps, messages, skipped } = read;
  return (
    <div className={styles.footer} style={{ height }}>
      <span>
        {messages > 1 ? t('timeline.messages', '{{count}} messages', { count: messages }) : outcome(read, fields)}
      </span>
      {isShortened && <span>{t('timeline.shortened', 'Not to scale: long gaps are shortened')}</span>}
      {steps.some(({ isDoubtful }) => isDoubtful) && (
        <span>{t('timeline.doubtful', '○ may be of another message, or is of its queue')}</span>
      )}
      {skipped > 0 && (
        <span>{t('timeline.skipped-steps', '{{count}} rows without a time are not drawn', { count: skipped })}</span>
      )}
      {legend && <Legend field={fields.step} rows={steps.map(({ row }) => row)} colorOf={colorOf} />}
    </div>
  );
}

function outcome(read: ReadSteps, fields: StepFields): string {
  const { attempts, final } = summaryOf(read, fields);
  const tried = t('timeline.attempts', '{{count}} attempts', { count: attempts });
  const first = read.steps[0];
  if (!final || !first) {
    return t('timeline.not-final', '{{tried}}, no final outcome yet', { tried });
  }
  const step = textAt(fields.step, final.row);
  return t('timeline.outcome', '{{tried}}, {{step}} after {{lasted}}', {
    tried,
    step,
    lasted: lastedText(final.end - first.start),
  });
}

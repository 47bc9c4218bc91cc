import { t } from '../../../shared/texts';
import React from 'react';
import { PanelState } from '../../../shared/states/PanelState';

interface Props {
  /** What fields are missing for, or their names where they were chosen. */
  names: readonly string[];
  /** The kind of query that has them all. */
  question: string;
}

/** Says which fields the data lacks. */
export function MissingFields({ names, question }: Props) {
  return (
    <PanelState
      icon="exclamation-triangle"
      role="alert"
      message={t('timeline.missing', 'The data has no field for: {{fields}}', { fields: names.join(', ') })}
      hint={t(
        'timeline.missing-hint',
        'A query of type {{question}} has them all; of other data, choose the fields in the options.',
        {
          question,
        }
      )}
    />
  );
}

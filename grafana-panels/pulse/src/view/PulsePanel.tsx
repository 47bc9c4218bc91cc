import type { PanelProps } from '@grafana/data';
import React, { useMemo } from 'react';
import { NoRows } from '../../../shared/states/NoRows';
import { PanelState } from '../../../shared/states/PanelState';
import { t } from '../../../shared/texts';
import { boardOf } from '../board/board';
import { readBoard } from '../board/read';
import type { PulseOptions } from '../options';
import { PulseBoard } from './PulseBoard';

/** The panel: finds its fields in the data and draws a cell for each name, or says why it cannot. */
export function PulsePanel({ data, width, height, options, timeZone }: PanelProps<PulseOptions>) {
  const read = useMemo(() => readBoard(data.series, options), [data.series, options]);
  const board = useMemo(
    () => ('entities' in read && read.entities.length > 0 ? boardOf(read.entities, options) : undefined),
    [read, options]
  );
  if ('empty' in read) {
    return (
      <NoRows
        data={data}
        hint={t('pulse.empty-hint', 'No mail passed in this time, or none that the filters let through.')}
      />
    );
  }
  if ('missing' in read) {
    return (
      <PanelState
        icon="exclamation-triangle"
        role="alert"
        message={t('pulse.missing', 'The data has no field for: {{fields}}', { fields: read.missing.join(', ') })}
        hint={t(
          'pulse.missing-hint',
          'A query of type Metrics, grouped by vmta, with attempts and attemptSuccessRate has them; of other data, choose the fields in the options.'
        )}
      />
    );
  }
  if (!board) {
    return (
      <PanelState
        icon="exclamation-triangle"
        message={t('pulse.no-names', 'No row has a name: {{count}} are without one', { count: read.skipped })}
      />
    );
  }
  if (read.entities.every(({ readings }) => readings.volume?.value === 0)) {
    return (
      <PanelState
        icon="info-circle"
        message={t('pulse.zero', 'No mail: the volume of all {{count}} is 0', { count: read.entities.length })}
      />
    );
  }
  return (
    <PulseBoard
      board={board}
      skipped={read.skipped}
      options={options}
      width={width}
      height={height}
      timeZone={timeZone}
    />
  );
}

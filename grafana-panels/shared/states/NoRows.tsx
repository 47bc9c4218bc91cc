import { LoadingState, type PanelData } from '@grafana/data';
import React from 'react';
import { PanelState } from './PanelState';
import { t } from '../texts';

interface Props {
  data: Pick<PanelData, 'state' | 'errors'>;
  /** What an empty answer means in this panel. */
  hint: string;
}

/** Why there is no row to draw: still loading, the query failed (with what it said), or the answer is empty. */
export function NoRows({ data, hint }: Props) {
  if (data.state === LoadingState.Loading || data.state === LoadingState.NotStarted) {
    return <PanelState icon="spinner" message={t('states.loading', 'Loading')} />;
  }
  if (data.state === LoadingState.Error) {
    const [error] = data.errors ?? [];
    return (
      <PanelState
        icon="exclamation-circle"
        role="alert"
        message={t('states.error', 'The query failed')}
        hint={error?.message ?? error?.data?.message}
      />
    );
  }
  return <PanelState icon="info-circle" message={t('states.empty', 'No data')} hint={hint} />;
}

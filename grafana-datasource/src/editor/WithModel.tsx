import { t } from '@grafana/i18n';
import { Alert, LoadingPlaceholder } from '@grafana/ui';
import React, { type ReactNode } from 'react';
import type { WatchtowerDatasource } from '../datasource';
import type { Model } from '../types';
import { useModel } from './useModel';

interface Props {
  datasource: WatchtowerDatasource;
  children: (model: Model) => ReactNode;
}

/** What an editor shows once the model is there; until then that it is coming, or why it is not. */
export function WithModel({ datasource, children }: Props) {
  const { model, error } = useModel(datasource);
  if (error !== undefined) {
    return (
      <Alert severity="error" title={t('editor.no-model', 'The Watchtower API does not answer')}>
        {error}
      </Alert>
    );
  }
  return model ? (
    <>{children(model)}</>
  ) : (
    <LoadingPlaceholder text={t('editor.loading', 'Loading what can be asked')} />
  );
}

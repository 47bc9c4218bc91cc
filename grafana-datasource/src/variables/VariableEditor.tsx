import type { QueryEditorProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Alert, LoadingPlaceholder, Stack } from '@grafana/ui';
import React from 'react';
import type { WatchtowerDatasource } from '../datasource';
import { FiltersEditor } from '../editor/FiltersEditor';
import { ValuesEditor } from '../editor/OtherEditors';
import { useModel } from '../editor/useModel';
import type { WatchtowerOptions, WatchtowerQuery } from '../types';

type Props = QueryEditorProps<WatchtowerDatasource, WatchtowerQuery, WatchtowerOptions>;

/** The choices of a variable: values of a dimension, narrowed by filters that may name other variables. */
export function VariableEditor({ query, datasource, onChange }: Props) {
  const { model, error } = useModel(datasource);
  if (error !== undefined) {
    return (
      <Alert severity="error" title={t('editor.no-model', 'The Watchtower API does not answer')}>
        {error}
      </Alert>
    );
  }
  if (!model) {
    return <LoadingPlaceholder text={t('editor.loading', 'Loading what can be asked')} />;
  }
  const change = (parts: Partial<WatchtowerQuery>) =>
    onChange({ ...query, queryType: 'values', refId: query.refId ?? 'values', ...parts });
  return (
    <Stack direction="column" gap={1}>
      <ValuesEditor query={query} model={model} change={change} />
      <FiltersEditor
        datasource={datasource}
        model={model}
        filters={query.filters}
        onChange={(filters) => change({ filters })}
      />
    </Stack>
  );
}

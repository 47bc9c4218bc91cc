import type { AnnotationQuery, QueryEditorProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Alert, LoadingPlaceholder, RadioButtonGroup, Stack } from '@grafana/ui';
import React from 'react';
import type { WatchtowerDatasource } from '../datasource';
import { FiltersEditor } from '../editor/FiltersEditor';
import { Labelled } from '../editor/parts';
import { radioOf } from '../editor/options';
import { useModel } from '../editor/useModel';
import { takesFilters, withType } from '../query/defaults';
import type { QueryType, WatchtowerQuery } from '../types';

type Props = QueryEditorProps<WatchtowerDatasource, WatchtowerQuery> & {
  annotation?: AnnotationQuery<WatchtowerQuery>;
  onAnnotationChange?: (annotation: AnnotationQuery<WatchtowerQuery>) => void;
};

/** What is drawn into graphs: incidents as regions, or when files came in. */
export function AnnotationEditor({ query, datasource, annotation, onAnnotationChange, onChange }: Props) {
  const { model, error } = useModel(datasource);
  const target = annotation?.target ?? query;
  const set = (next: WatchtowerQuery) =>
    annotation && onAnnotationChange ? onAnnotationChange({ ...annotation, target: next }) : onChange(next);
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
  const kind = target?.queryType === 'files' ? 'files' : 'incidents';
  return (
    <Stack direction="column" gap={1}>
      <Labelled label={t('annotations.kind', 'Show')}>
        {(id) => (
          <RadioButtonGroup
            id={id}
            options={radioOf(['incidents', 'files'], {
              incidents: t('annotations.incidents', 'Incidents'),
              files: t('annotations.files', 'Loaded files'),
            })}
            value={kind}
            onChange={(value) => set(withType({ ...target, refId: target?.refId ?? 'Anno' }, value as QueryType))}
          />
        )}
      </Labelled>
      {takesFilters(kind) && (
        <FiltersEditor
          datasource={datasource}
          model={model}
          filters={target?.filters}
          onChange={(filters) => set({ ...target, queryType: kind, filters })}
        />
      )}
    </Stack>
  );
}

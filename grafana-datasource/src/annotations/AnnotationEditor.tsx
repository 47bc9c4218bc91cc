import type { AnnotationQuery, QueryEditorProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Stack } from '@grafana/ui';
import React from 'react';
import type { WatchtowerDatasource } from '../datasource';
import { FiltersEditor } from '../editor/FiltersEditor';
import { choicesOf } from '../editor/options';
import { ChoiceField } from '../editor/parts';
import { WithModel } from '../editor/WithModel';
import { takesFilters } from '../query/defaults';
import type { WatchtowerQuery } from '../types';
import { annotatedKind, annotationQuery } from './annotations';

type Props = QueryEditorProps<WatchtowerDatasource, WatchtowerQuery> & {
  annotation?: AnnotationQuery<WatchtowerQuery>;
  onAnnotationChange?: (annotation: AnnotationQuery<WatchtowerQuery>) => void;
};

/** What is drawn into graphs: incidents as regions, or when files came in. */
export function AnnotationEditor({ query, datasource, annotation, onAnnotationChange, onChange }: Props) {
  const target = annotation?.target ?? query;
  const kind = annotatedKind(target);
  const set = (next: WatchtowerQuery) =>
    annotation && onAnnotationChange ? onAnnotationChange({ ...annotation, target: next }) : onChange(next);
  return (
    <WithModel datasource={datasource}>
      {(model) => (
        <Stack direction="column" gap={1}>
          <ChoiceField
            label={t('annotations.kind', 'Show')}
            options={choicesOf({
              incidents: t('annotations.incidents', 'Incidents'),
              files: t('annotations.files', 'Loaded files'),
            })}
            value={kind}
            onChange={(next) => set(annotationQuery(target, next))}
          />
          {takesFilters(kind) && (
            <FiltersEditor
              datasource={datasource}
              model={model}
              filters={target?.filters}
              onChange={(filters) => set({ ...annotationQuery(target, kind), filters })}
            />
          )}
        </Stack>
      )}
    </WithModel>
  );
}

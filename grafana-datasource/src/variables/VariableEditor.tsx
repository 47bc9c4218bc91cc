import type { QueryEditorProps } from '@grafana/data';
import { Stack } from '@grafana/ui';
import React from 'react';
import type { WatchtowerDatasource } from '../datasource';
import { FiltersEditor } from '../editor/FiltersEditor';
import { ValuesEditor } from '../editor/OtherEditors';
import type { Changes } from '../editor/parts';
import { WithModel } from '../editor/WithModel';
import type { WatchtowerOptions, WatchtowerQuery } from '../types';

type Props = QueryEditorProps<WatchtowerDatasource, WatchtowerQuery, WatchtowerOptions>;

/** The choices of a variable: values of a dimension, narrowed by filters that may name other variables. */
export function VariableEditor({ query, datasource, onChange, range }: Props) {
  const change = (changes: Changes) =>
    onChange({ ...query, queryType: 'values', refId: query.refId ?? 'values', ...changes } as WatchtowerQuery);
  return (
    <WithModel datasource={datasource}>
      {(model) => (
        <Stack direction="column" gap={1}>
          <ValuesEditor query={{ ...query, queryType: 'values' }} model={model} change={change} />
          <FiltersEditor
            datasource={datasource}
            model={model}
            filters={query.filters}
            range={range}
            onChange={(filters) => change({ filters })}
          />
        </Stack>
      )}
    </WithModel>
  );
}

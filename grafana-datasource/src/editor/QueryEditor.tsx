import type { QueryEditorProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Alert, Button, Combobox, Dropdown, LoadingPlaceholder, Menu, Stack } from '@grafana/ui';
import React, { type ComponentType } from 'react';
import type { WatchtowerDatasource } from '../datasource';
import { presetTitle } from '../help/presetTitles';
import { migrate } from '../migrations/migrate';
import { takesFilters, withType } from '../query/defaults';
import { PRESETS } from '../query/presets';
import type { QueryType, WatchtowerOptions, WatchtowerQuery } from '../types';
import { FiltersEditor } from './FiltersEditor';
import { MetricsEditor } from './MetricsEditor';
import {
  EventsEditor,
  FlowsEditor,
  IngestErrorsEditor,
  ServiceEditor,
  TraceEditor,
  ValuesEditor,
} from './OtherEditors';
import { Labelled, LimitField, type PartProps } from './parts';
import { SqlEditor } from './SqlEditor';
import { useModel } from './useModel';

type Props = QueryEditorProps<WatchtowerDatasource, WatchtowerQuery, WatchtowerOptions>;

/** What a kind of query needs beside its filters; kinds that are not here need nothing but a limit. */
const EDITORS: Partial<Record<QueryType, ComponentType<PartProps>>> = {
  metrics: MetricsEditor,
  flows: FlowsEditor,
  events: EventsEditor,
  trace: TraceEditor,
  values: ValuesEditor,
  service: ServiceEditor,
  ingestErrors: IngestErrorsEditor,
  sql: SqlEditor,
  live: () => null,
};

/** The query editor: first the kind of question, then only what that kind needs. */
export function QueryEditor({ query: saved, datasource, onChange, onRunQuery, range }: Props) {
  const { model, error } = useModel(datasource);
  const query = migrate(saved);
  const ask = (next: WatchtowerQuery) => {
    onChange(next);
    onRunQuery();
  };
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
  const queryType = query.queryType ?? 'metrics';
  const change = (parts: Partial<WatchtowerQuery>) => ask({ ...query, ...parts });
  const Editor = EDITORS[queryType] ?? LimitField;
  return (
    <Stack direction="column" gap={1}>
      <Stack direction="row" gap={1} alignItems="flex-end" wrap="wrap">
        <Labelled label={t('editor.query-type.label', 'Question')}>
          {(id) => (
            <Combobox
              id={id}
              width="auto"
              minWidth={20}
              options={[
                ...model.queryTypes.map(({ name, description, answered }) => ({
                  value: name,
                  label: name,
                  description: answered
                    ? description
                    : t('editor.query-type.later', '{{description}} (not answered by this version)', { description }),
                })),
                {
                  value: 'live',
                  label: 'live',
                  description: t(
                    'editor.query-type.live',
                    'What is delivered, bounced, deferred and complained about, as it is loaded'
                  ),
                },
              ]}
              value={queryType}
              onChange={({ value }) => ask(withType(query, value as QueryType))}
            />
          )}
        </Labelled>
        <Dropdown overlay={() => <PresetMenu query={query} onChoose={ask} />}>
          <Button variant="secondary" icon="angle-down" iconPlacement="right">
            {t('editor.presets', 'Presets')}
          </Button>
        </Dropdown>
      </Stack>
      <Editor query={query} model={model} change={change} />
      {takesFilters(queryType) && (
        <FiltersEditor
          datasource={datasource}
          model={model}
          filters={query.filters}
          range={range}
          onChange={(filters) => change({ filters })}
        />
      )}
    </Stack>
  );
}

function PresetMenu({ query, onChoose }: { query: WatchtowerQuery; onChoose: (query: WatchtowerQuery) => void }) {
  return (
    <Menu>
      {PRESETS.map(({ id, query: preset }) => (
        <Menu.Item
          key={id}
          label={presetTitle(id)}
          onClick={() => onChoose({ ...withType(query, preset.queryType ?? 'metrics'), ...preset })}
        />
      ))}
    </Menu>
  );
}

import { CoreApp, type QueryEditorProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Button, Combobox, Dropdown, Menu, Stack } from '@grafana/ui';
import React, { useEffect, useRef, type ComponentType } from 'react';
import type { WatchtowerDatasource } from '../datasource';
import { presetTitle } from '../help/presetTitles';
import { migrate } from '../migrations/migrate';
import { begun, isDefault, takesFilters, withType } from '../query/defaults';
import { PRESETS, withPreset } from '../query/presets';
import type { QueryType, WatchtowerOptions, WatchtowerQuery } from '../types';
import { FiltersEditor } from './FiltersEditor';
import { MetricsEditor } from './MetricsEditor';
import {
  CausesEditor,
  EventsEditor,
  FlowsEditor,
  IngestErrorsEditor,
  RiskEditor,
  ServiceEditor,
  TraceEditor,
  ValuesEditor,
} from './OtherEditors';
import { Labelled, LimitField, type Changes, type PartProps } from './parts';
import { queryTypeOptions } from './queryTypes';
import { SqlEditor } from './SqlEditor';
import { WithModel } from './WithModel';

type Props = QueryEditorProps<WatchtowerDatasource, WatchtowerQuery, WatchtowerOptions>;

/** What a kind of query needs beside its filters; kinds that are not here need nothing but a limit. */
const EDITORS: Partial<Record<QueryType, ComponentType<PartProps>>> = {
  metrics: MetricsEditor,
  flows: FlowsEditor,
  events: EventsEditor,
  trace: TraceEditor,
  values: ValuesEditor,
  risk: RiskEditor,
  causes: CausesEditor,
  service: ServiceEditor,
  ingestErrors: IngestErrorsEditor,
  sql: SqlEditor,
  live: () => null,
};

/** The query editor: first the kind of question, then only what that kind needs. */
export function QueryEditor({ query: saved, datasource, onChange, onRunQuery, range, app }: Props) {
  const query = migrate(begun(saved));
  const queryType = query.queryType ?? 'metrics';
  useKept(query, app, onChange);
  const ask = (next: WatchtowerQuery) => {
    onChange(next);
    onRunQuery();
  };
  const change = (changes: Changes) => ask(changed(query, changes));
  const Editor = EDITORS[queryType] ?? LimitField;
  return (
    <WithModel datasource={datasource}>
      {(model) => (
        <Stack direction="column" gap={1}>
          <Stack direction="row" gap={1} alignItems="flex-end" wrap="wrap">
            <Labelled label={t('editor.query-type.label', 'Question')}>
              {(id) => (
                <Combobox
                  id={id}
                  width="auto"
                  minWidth={24}
                  options={queryTypeOptions(model)}
                  value={queryType}
                  onChange={({ value }) => ask(withType(query, value as QueryType, app))}
                />
              )}
            </Labelled>
            <Dropdown overlay={() => <PresetMenu onChoose={(preset) => ask(withPreset(query, preset))} />}>
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
      )}
    </WithModel>
  );
}

/**
 * In a new alert rule Grafana shows the default query without keeping it: the rule would be evaluated without one. What
 * is shown there is therefore kept at once.
 */
function useKept(query: WatchtowerQuery, app: Props['app'], onChange: Props['onChange']) {
  const seen = useRef(false);
  useEffect(() => {
    if (!seen.current && app === CoreApp.UnifiedAlerting && isDefault(query, app)) {
      onChange(query);
    }
    seen.current = true;
  }, [query, app, onChange]);
}

function PresetMenu({ onChoose }: { onChoose: (preset: Partial<WatchtowerQuery>) => void }) {
  return (
    <Menu>
      {PRESETS.map(({ id, query }) => (
        <Menu.Item key={id} label={presetTitle(id)} onClick={() => onChoose(query)} />
      ))}
    </Menu>
  );
}

/** The query with what is different; a part that is undefined is taken out, so that it is not saved either. */
function changed(query: WatchtowerQuery, changes: Changes): WatchtowerQuery {
  const parts = Object.entries({ ...query, ...changes }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(parts) as unknown as WatchtowerQuery;
}

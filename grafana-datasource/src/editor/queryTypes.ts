import { t } from '@grafana/i18n';
import type { ComboboxOption } from '@grafana/ui';
import type { Model } from '../types';

/** The kinds of questions as choices. */
export function queryTypeOptions({ queryTypes }: Model): Array<ComboboxOption<string>> {
  const options = queryTypes.map(({ name, description }) => ({
    value: name,
    label: queryTypeTitle(name),
    description,
  }));
  const live = {
    value: 'live',
    label: queryTypeTitle('live'),
    description: t(
      'editor.query-type.live',
      'What is delivered, bounced, deferred and complained about, as it is loaded'
    ),
  };
  return [...options, live];
}

/** What a kind of question is called. Titles stand here one by one, so that translations can be gathered from the code. */
function queryTypeTitle(name: string): string {
  const titles: Record<string, () => string> = {
    metrics: () => t('query-type.metrics', 'Metrics'),
    flows: () => t('query-type.flows', 'Flows'),
    events: () => t('query-type.events', 'Events'),
    messages: () => t('query-type.messages', 'Messages'),
    trace: () => t('query-type.trace', 'Trace of a message'),
    incidents: () => t('query-type.incidents', 'Incidents'),
    insights: () => t('query-type.insights', 'Insights'),
    causes: () => t('query-type.causes', 'Causes'),
    risk: () => t('query-type.risk', 'Risk'),
    files: () => t('query-type.files', 'Log files'),
    ingestErrors: () => t('query-type.ingest-errors', 'Rows not loaded'),
    values: () => t('query-type.values', 'Values of a dimension'),
    service: () => t('query-type.service', 'Service'),
    sql: () => t('query-type.sql', 'SQL'),
    live: () => t('query-type.live', 'Live counters'),
  };
  return titles[name]?.() ?? name;
}

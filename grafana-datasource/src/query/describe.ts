import { t } from '@grafana/i18n';
import type { WatchtowerQuery } from '../types';

/** A query in one line, for collapsed editors and the query history. */
export function describeQuery(query: WatchtowerQuery): string {
  return [
    subjectOf(query),
    ...(query.filters ?? []).map(({ dimension, operator, values }) => `${dimension} ${operator} ${values.join(', ')}`),
  ]
    .filter((part) => part !== '')
    .join(' | ');
}

function subjectOf(query: WatchtowerQuery): string {
  const { queryType = 'metrics' } = query;
  switch (queryType) {
    case 'metrics':
      return grouped(query.field ?? (query.metrics ?? []).join(', '), query.groupBy);
    case 'service':
      return (query.metrics ?? []).join(', ');
    case 'flows':
      return (query.path ?? []).join(' > ');
    case 'trace':
      return t('describe.trace', 'trace of {{message}}', {
        message: query.messageId ?? query.event ?? [query.job, query.recipient].filter(Boolean).join(' '),
        ...plain,
      });
    case 'values':
      return t('describe.values', 'values of {{dimension}}', { dimension: query.dimension ?? '', ...plain });
    case 'risk':
      return t('describe.risk', 'risk by {{dimension}}', { dimension: query.dimension ?? 'sender', ...plain });
    case 'causes':
      return query.incident
        ? t('describe.causes-of', 'causes of incident {{incident}}', { incident: query.incident, ...plain })
        : t('describe.causes', 'causes');
    case 'sql':
      return (query.sql ?? '').replace(/\s+/g, ' ').trim();
    case 'events':
      return query.search
        ? t('describe.search', 'events with "{{search}}"', { search: query.search, ...plain })
        : t('describe.events', 'events');
    default:
      return queryType;
  }
}

function grouped(subject: string, groupBy: readonly string[] = []): string {
  return groupBy.length > 0
    ? t('describe.by', '{{subject}} by {{groups}}', { subject, groups: groupBy.join(', '), ...plain })
    : subject;
}

/** These texts are shown as they are, never as HTML, so nothing in them is to be escaped. */
const plain = { interpolation: { escapeValue: false } };

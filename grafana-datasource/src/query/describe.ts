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
      return [query.field ?? (query.metrics ?? []).join(', '), by(query.groupBy)]
        .filter((part) => part !== '')
        .join(' ');
    case 'flows':
      return (query.path ?? []).join(' > ');
    case 'trace':
      return `trace ${query.messageId ?? query.event ?? [query.job, query.recipient].filter(Boolean).join(' ')}`;
    case 'values':
      return `values of ${query.dimension ?? ''}`;
    case 'sql':
      return (query.sql ?? '').replace(/\s+/g, ' ').trim();
    case 'events':
      return query.search ? `events with "${query.search}"` : 'events';
    default:
      return queryType;
  }
}

function by(groupBy: readonly string[] | undefined): string {
  return groupBy && groupBy.length > 0 ? `by ${groupBy.join(', ')}` : '';
}

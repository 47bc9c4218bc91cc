import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import type { QueryInput } from '../../../model';
import { shown, type Figure } from '../figures';
import type { Unplaced } from '../grid';
import { askNarrowed } from '../questions';
import type { Steps } from './look';
import { table, type Column } from './table';

type Metrics = Omit<Extract<QueryInput, { queryType: 'metrics'; metrics: unknown }>, 'refId'>;

/** Providers that are compared: those that most was delivered to. */
const ROWS = 15;

const QUANTILES = ['latencyP50', 'latencyP95'] as const satisfies readonly Figure[];

/** Seconds more than before: from ten on an incident looks for the cause where the median is three times as long as well. */
const LATER: Steps = ['green', [3, 'yellow'], [10, 'red']];

const before = (metric: Figure): string => `${metric} before`;
const later = (metric: Figure): string => `${metric} later`;

/** Names of an answer's figures, so that those of two answers can be told apart once they are joined. */
function renamed(refId: string, pattern: string): DataTransformerConfig {
  return {
    id: 'renameByRegex',
    filter: { id: 'byRefId', options: refId },
    options: { regex: '^(latency.+)$', renamePattern: pattern },
  };
}

function difference(metric: Figure): DataTransformerConfig {
  return {
    id: 'calculateField',
    options: {
      mode: 'binary',
      alias: later(metric),
      binary: {
        left: { matcher: { id: 'byName', options: metric } },
        operator: '-',
        right: { matcher: { id: 'byName', options: before(metric) } },
      },
    },
  };
}

/** The latency of each provider beside that of the range before, and how much later its mail is. */
export function latencyDeviation(): Unplaced {
  const of: Metrics = {
    queryType: 'metrics',
    metrics: [...QUANTILES],
    groupBy: ['provider'],
    filters: [],
    format: 'table',
    limit: ROWS,
    orderBy: 'delivered',
  };
  const seconds = (field: string, name: string): Column => ({ field, name, width: 100, unit: 's' });
  const panel = table({
    title: 'Latency against before',
    description:
      'Time to delivery beside that of the range before, which is as long, of the providers that most was delivered to',
    empty: 'No mail in this range',
    target: askNarrowed(of),
    columns: [
      { field: 'provider', name: 'Provider' },
      ...QUANTILES.flatMap((metric): Column[] => {
        const { name } = shown(metric);
        return [
          seconds(metric, name),
          seconds(before(metric), `${name} before`),
          { ...seconds(later(metric), `${name} later by`), steps: LATER },
        ];
      }),
    ],
  });
  return {
    ...panel,
    targets: [...(panel.targets ?? []), askNarrowed({ ...of, previous: true }, { refId: 'B' })],
    transformations: [
      renamed('A', '$1'),
      renamed('B', '$1 before'),
      { id: 'joinByField', options: { byField: 'provider', mode: 'inner' } },
      ...QUANTILES.map(difference),
      ...(panel.transformations ?? []),
    ],
  };
}

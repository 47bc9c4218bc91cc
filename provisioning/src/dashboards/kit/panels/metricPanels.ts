import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import type { QueryInput } from '../../../model';
import { isRate, shown, type Figure } from '../figures';
import type { Unplaced } from '../grid';
import { eventsLink, fieldLinks, labelLinks } from '../links';
import { askNarrowed } from '../questions';
import type { Narrowed } from '../variables';
import { chart, type Chart } from './chart';
import { stat } from './stat';
import { table, type Column } from './table';

type Metrics = Omit<Extract<QueryInput, { queryType: 'metrics'; metrics: unknown }>, 'refId'>;
type Dimension = NonNullable<Metrics['groupBy']>[number];
type Condition = NonNullable<Metrics['filters']>[number];

/** Names of dimensions as headings. */
const HEADINGS: Readonly<Partial<Record<Dimension, string>>> = {
  provider: 'Provider',
  domain: 'Domain',
  vmta: 'VMTA',
  pool: 'Pool',
  job: 'Job',
  sender: 'Sender',
  senderDomain: 'Sender domain',
  sourceIp: 'IP',
  user: 'User',
  node: 'Node',
  reason: 'Reason',
  reasonClass: 'Class',
  bounceCategory: 'Category',
  smtpStatus: 'Status',
};

/** Columns of dimensions whose values are short, or long. */
const WIDTHS: Readonly<Partial<Record<Dimension, Pick<Column, 'width' | 'minWidth'>>>> = {
  reason: { minWidth: 200 },
  reasonClass: { width: 105 },
  sender: { minWidth: 170 },
};

/** Pixels that a heading takes, and at least those of a number with its unit. */
function widthOf(heading: string): number {
  return Math.max(82, Math.round(heading.length * 6.8) + 22);
}

/** Rows that fit into a table that is scrolled little. */
const ROWS = 50;

/** Series that a person tells apart. */
const SERIES = 10;

/** Points of a rate of each group: steps with enough mail to tell one, half an hour each over a day. */
const RATES = 60;

/** Milliseconds of a second: steps are known in milliseconds. */
const SECOND = '1000';

/** Deliveries per second, on average over each step. */
export function perSecond(): Unplaced {
  const times = (operator: '*' | '/', by: string): DataTransformerConfig => ({
    id: 'calculateField',
    options: {
      mode: 'binary',
      alias: 'delivered',
      replaceFields: true,
      binary: {
        left: { matcher: { id: 'byName', options: 'delivered' } },
        operator,
        right: { fixed: by },
      },
    },
  });
  return {
    ...metricChart({
      title: 'Deliveries per second',
      description: 'On average over each step of the graph',
      metrics: ['delivered'],
      points: 400,
    }),
    transformations: [times('*', SECOND), times('/', '${__interval_ms}')],
  };
}

/** One figure of the mail that is chosen, and how it changed against the range before. */
export function kpi(figure: Figure, description: string): Unplaced {
  const { name, unit, steps } = shown(figure);
  const of: Metrics = {
    queryType: 'metrics',
    metrics: [figure],
    groupBy: [],
    filters: [],
    format: 'numeric',
  };
  return stat({
    title: name,
    description,
    unit,
    ...(steps && { steps }),
    targets: [askNarrowed({ ...of, previous: true }, { refId: 'before' }), askNarrowed(of, { refId: 'now' })],
    field: { links: fieldLinks([eventsLink(figure)]) },
  });
}

/** A row for each value of a dimension, those with most of the first metric first. */
export function metricTable(wish: {
  title: string;
  description: string;
  by: Dimension | readonly [Dimension, ...Dimension[]];
  metrics: readonly [Figure, ...Figure[]];
  orderBy?: Figure;
  filters?: readonly Condition[];
  limit?: number;
  names?: Partial<Record<Figure, string>>;
  /** What is said where there is nothing. */
  empty?: string;
  /** Variables that do not narrow it. */
  without?: readonly Narrowed[];
}): Unplaced {
  const {
    title,
    description,
    by,
    metrics,
    orderBy = metrics[0],
    filters = [],
    limit = ROWS,
    names = {},
    empty = 'No mail in this range',
    without = [],
  } = wish;
  const groupBy = typeof by === 'string' ? [by] : [...by];
  return table({
    title,
    description,
    empty,
    target: askNarrowed(
      {
        queryType: 'metrics',
        metrics: [...metrics],
        groupBy,
        filters: [...filters],
        format: 'table',
        limit,
        orderBy,
      },
      { without },
    ),
    columns: [
      ...groupBy.map((field): Column => ({ field, name: HEADINGS[field] ?? field, ...WIDTHS[field] })),
      ...metrics.map((field): Column => {
        const { name, unit, steps } = shown(field);
        return {
          field,
          name: names[field] ?? name,
          unit,
          width: widthOf(names[field] ?? name),
          ...(steps && { steps }),
        };
      }),
    ],
  });
}

/** What servers say of mail that fails, finally or for now: attempts with a reason are failures. */
export function reasonTable(title: string): Unplaced {
  return metricTable({
    title,
    description:
      'Replies without ids, addresses and numbers, most failures first; the class is told by rules',
    by: ['reason', 'reasonClass'],
    metrics: ['deferrals', 'bounced'],
    orderBy: 'attempts',
    limit: 30,
  });
}

type Look = Pick<Chart, 'title' | 'description'> & Partial<Omit<Chart, 'targets' | 'series'>>;

/** Metrics over time, a series each; those that add up may be stacked. */
export function metricChart(
  wish: Look & { metrics: readonly [Figure, ...Figure[]]; filters?: readonly Condition[] },
): Unplaced {
  const { metrics, filters = [], ...look } = wish;
  const { unit } = shown(metrics[0]);
  return chart({
    unit,
    ...look,
    targets: [
      askNarrowed({
        queryType: 'metrics',
        metrics: [...metrics],
        groupBy: [],
        filters: [...filters],
        format: 'timeseries',
      }),
    ],
    series: Object.fromEntries(
      metrics.map((metric) => {
        const { name, color } = shown(metric);
        return [metric, { name, ...(color && { color }), events: metric }];
      }),
    ),
  });
}

/** One metric over time, a series for each of the values of a dimension that have most of another; rates without those of too little mail. */
export function groupedChart(
  wish: Look & {
    metric: Figure;
    by: Dimension;
    most: Figure;
    limit?: number;
    filters?: readonly Condition[];
  },
): Unplaced {
  const { metric, by, most, limit = SERIES, filters = [], ...look } = wish;
  return chart({
    unit: shown(metric).unit,
    ...(isRate(metric) && { points: RATES }),
    ...look,
    field: {
      displayName: `\${__field.labels.${by}}`,
      links: fieldLinks(labelLinks(by, metric)),
      ...(isRate(metric) && { noValue: 'Too little mail to tell' }),
      ...look.field,
    },
    graph: { fillOpacity: look.stacked ? 70 : 0, ...look.graph },
    targets: [
      askNarrowed({
        queryType: 'metrics',
        metrics: [metric],
        groupBy: [by],
        filters: [...filters],
        format: 'timeseries',
        ...(isRate(metric) && { enough: true }),
        limit,
        orderBy: most,
      }),
    ],
  });
}

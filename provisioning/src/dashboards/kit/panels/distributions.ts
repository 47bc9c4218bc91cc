import {
  BarGaugeSizing,
  HeatmapCellLayout,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import type { Options as BarOptions } from '@grafana/grafana-foundation-sdk/barchart';
import type { Options as GaugeOptions } from '@grafana/grafana-foundation-sdk/gauge';
import {
  HeatmapColorMode,
  HeatmapColorScale,
  type Options as HeatmapOptions,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { FieldColorModeId, MappingType, type ValueMap } from '@grafana/grafana-foundation-sdk/dashboard';
import type { QueryInput } from '../../../model';
import { DATASOURCE } from '../datasource';
import { isRate, shown, type Figure } from '../figures';
import type { Unplaced } from '../grid';
import { eventsLink, fieldLinks, labelLinks } from '../links';
import { askNarrowed } from '../questions';
import { judged } from './look';
import { LAST } from './stat';

type Distribution = Extract<QueryInput, { format: 'histogram' | 'heatmap'; field?: unknown }>;
type Dimension = NonNullable<Distribution['groupBy']>[number];

/** Columns of a heatmap: an hour each over a day, as rollups hold them. */
const STEPS = 30;

/** Rows of a heatmap that can be read. */
const ROWS = 15;

/** A metric by the values of a dimension (downwards) over time; the values are those with most of another metric. */
export function heatmap(wish: {
  title: string;
  description: string;
  metric: Figure;
  by: Dimension;
  most: Figure;
  /** Value that has the strongest colour, so that one outlier does not hide the others. */
  full: number;
  limit?: number;
}): Unplaced {
  const { title, description, metric, by, most, full, limit = ROWS } = wish;
  const { unit } = shown(metric);
  const options: HeatmapOptions = {
    calculate: false,
    color: {
      mode: HeatmapColorMode.Opacity,
      scheme: 'YlOrRd',
      scale: HeatmapColorScale.Linear,
      fill: 'red',
      exponent: 0.5,
      steps: 32,
      reverse: false,
      min: 0,
      max: full,
    },
    rowsFrame: { layout: HeatmapCellLayout.Auto, value: shown(metric).name },
    cellValues: { unit },
    yAxis: { unit: 'none' },
    filterValues: {},
    showValue: VisibilityMode.Never,
    cellGap: 1,
    legend: { show: true },
    tooltip: { mode: TooltipDisplayMode.Single, yHistogram: false, showColorScale: true },
    exemplars: { color: 'red' },
  };
  return {
    type: 'heatmap',
    title,
    description,
    datasource: DATASOURCE,
    maxDataPoints: STEPS,
    targets: [
      askNarrowed({
        queryType: 'metrics',
        metrics: [metric],
        groupBy: [by],
        filters: [],
        format: 'heatmap',
        ...(isRate(metric) && { enough: true }),
        limit,
        orderBy: most,
      }),
    ],
    // A row is named by its value and labelled with it, and Grafana would say both.
    transformations: [{ id: 'renameByRegex', options: { regex: '^(.+) \\1$', renamePattern: '$1' } }],
    options,
    fieldConfig: {
      defaults: { noValue: 'No mail in this range', links: fieldLinks(labelLinks(by, metric)) },
      overrides: [],
    },
  };
}

/** Names of the buckets of the model's own edges, which are plain numbers, as people say them. */
const BUCKETS: Readonly<Record<NonNullable<Distribution['field']>, Readonly<Record<string, string>>>> = {
  latency: {
    '<1': '< 1 s',
    '1-3': '1–3 s',
    '3-10': '3–10 s',
    '10-30': '10–30 s',
    '30-60': '30–60 s',
    '60-300': '1–5 min',
    '>300': '> 5 min',
  },
  size: {
    '<1000': '< 1 kB',
    '1000-10000': '1–10 kB',
    '10000-100000': '10–100 kB',
    '100000-1000000': '0.1–1 MB',
    '1000000-10000000': '1–10 MB',
    '>10000000': '> 10 MB',
  },
  queueAge: {
    '<60': '< 1 min',
    '60-300': '1–5 min',
    '300-900': '5–15 min',
    '900-3600': '15–60 min',
    '3600-14400': '1–4 h',
    '14400-86400': '4–24 h',
    '>86400': '> 24 h',
  },
};

/** The figure whose events a distribution is of: what waits has none. */
const ABOUT = { latency: 'latencyP95', size: 'bytes', queueAge: undefined } as const satisfies Record<
  keyof typeof BUCKETS,
  Figure | undefined
>;

function bucketNames(field: keyof typeof BUCKETS): ValueMap {
  const options = Object.entries(BUCKETS[field]).map(([bucket, text], index) => [bucket, { text, index }]);
  return { type: MappingType.ValueToText, options: Object.fromEntries(options) as ValueMap['options'] };
}

/** How many messages there are by latency, size or waiting time, a bar for each bucket. */
export function histogram(
  title: string,
  description: string,
  field: NonNullable<Distribution['field']>,
): Unplaced {
  const options: BarOptions = {
    xField: 'bucket',
    orientation: VizOrientation.Vertical,
    stacking: StackingMode.None,
    showValue: VisibilityMode.Auto,
    barWidth: 0.9,
    groupWidth: 0.7,
    xTickLabelRotation: 0,
    xTickLabelMaxLength: 16,
    fullHighlight: false,
    legend: {
      showLegend: false,
      displayMode: LegendDisplayMode.List,
      placement: LegendPlacement.Bottom,
      calcs: [],
    },
    tooltip: { mode: TooltipDisplayMode.Single, sort: SortOrder.None },
  };
  return {
    type: 'barchart',
    title,
    description,
    datasource: DATASOURCE,
    targets: [askNarrowed({ queryType: 'metrics', field, format: 'histogram', groupBy: [], filters: [] })],
    // The edges are marked as hidden, which Grafana forgets when a panel gets another size.
    transformations: [{ id: 'filterFieldsByName', options: { include: { names: ['bucket', 'count'] } } }],
    options,
    fieldConfig: {
      defaults: {
        unit: 'short',
        displayName: 'Messages',
        color: { mode: FieldColorModeId.Fixed, fixedColor: 'blue' },
        noValue: 'No mail in this range',
        links: fieldLinks([eventsLink(ABOUT[field])]),
      },
      overrides: [
        {
          matcher: { id: 'byName', options: 'bucket' },
          properties: [{ id: 'mappings', value: [bucketNames(field)] }],
        },
      ],
    },
  };
}

/** Figures of one kind side by side as gauges, each in the colour of its step; `full` is the end of the scale. */
export function gauges(
  title: string,
  description: string,
  metrics: readonly [Figure, ...Figure[]],
  full: number,
): Unplaced {
  const { unit, steps } = shown(metrics[0]);
  const options: GaugeOptions = {
    reduceOptions: LAST,
    showThresholdLabels: false,
    showThresholdMarkers: true,
    sizing: BarGaugeSizing.Auto,
    minVizWidth: 75,
    minVizHeight: 75,
    orientation: VizOrientation.Auto,
  };
  return {
    type: 'gauge',
    title,
    description,
    datasource: DATASOURCE,
    targets: [
      askNarrowed({
        queryType: 'metrics',
        metrics: [...metrics],
        groupBy: [],
        filters: [],
        format: 'table',
      }),
    ],
    options,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        max: full,
        noValue: '–',
        links: fieldLinks([eventsLink(metrics[0])]),
        ...judged(steps),
      },
      overrides: metrics.map((metric) => ({
        matcher: { id: 'byName', options: metric },
        properties: [{ id: 'displayName', value: shown(metric).name }],
      })),
    },
  };
}

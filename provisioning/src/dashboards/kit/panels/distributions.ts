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
import { FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import type { QueryInput } from '../../../model';
import { DATASOURCE } from '../datasource';
import { shown, type Figure } from '../figures';
import type { Unplaced } from '../grid';
import { eventsLink, fieldLinks } from '../links';
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
      mode: HeatmapColorMode.Scheme,
      scheme: 'YlOrRd',
      scale: HeatmapColorScale.Linear,
      fill: 'dark-orange',
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
        limit,
        orderBy: most,
      }),
    ],
    options,
    fieldConfig: { defaults: { noValue: 'No mail in this range' }, overrides: [] },
  };
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
    xTickLabelMaxLength: 0,
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
    options,
    fieldConfig: {
      defaults: {
        unit: 'short',
        displayName: 'Messages',
        color: { mode: FieldColorModeId.Fixed, fixedColor: 'blue' },
        noValue: 'No mail in this range',
        links: fieldLinks([eventsLink()]),
      },
      overrides: [],
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
      defaults: { unit, min: 0, max: full, noValue: '–', ...judged(steps) },
      overrides: metrics.map((metric) => ({
        matcher: { id: 'byName', options: metric },
        properties: [{ id: 'displayName', value: shown(metric).name }],
      })),
    },
  };
}

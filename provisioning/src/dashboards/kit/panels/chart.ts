import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  type VizLegendOptions,
} from '@grafana/grafana-foundation-sdk/common';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  FieldColorModeId,
  type DynamicConfigValue,
  type FieldConfig,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { FieldConfig as GraphConfig, Options } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATASOURCE } from '../datasource';
import type { DimensionName } from '../../../model';
import type { Figure } from '../figures';
import type { Unplaced } from '../grid';
import { eventsLink, labelLinks } from '../links';

/** What a panel with figures over time shows. */
export interface Chart {
  readonly title: string;
  readonly description: string;
  readonly targets: readonly Dataquery[];
  readonly unit: string;
  /** Bars on top of each other, for figures that add up. */
  readonly stacked?: boolean;
  /** A legend as a table with these, for series that are compared. */
  readonly calcs?: readonly string[];
  /** Most points of a series; rollups hold no single minutes of groups, so fewer points are read faster. */
  readonly points?: number;
  readonly field?: Partial<FieldConfig>;
  readonly graph?: Partial<GraphConfig>;
  /** Series that are called by a label, by the question they answer, and the figure whose events they lead to. */
  readonly byLabel?: Readonly<Record<string, { label: DimensionName; events: Figure }>>;
  /** Names of series that stay lines where the others are stacked. */
  readonly asLine?: readonly string[];
  /** Name and colour of a series by the name of its field, and the figure whose events it leads to. */
  readonly series?: Readonly<Record<string, { name: string; color?: string; events?: Figure }>>;
}

const LINE: readonly DynamicConfigValue[] = [
  { id: 'custom.drawStyle', value: GraphDrawStyle.Line },
  { id: 'custom.lineWidth', value: 2 },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.stacking', value: { mode: StackingMode.None, group: 'A' } },
];

/** Points of a series of a group. */
const POINTS = 200;

/** Figures over time: lines, or bars on top of each other. */
export function chart(content: Chart): Unplaced {
  const {
    title,
    description,
    targets,
    unit,
    stacked,
    calcs,
    points = POINTS,
    field,
    graph,
    series = {},
    asLine = [],
    byLabel = {},
  } = content;
  const legend: VizLegendOptions = {
    displayMode: calcs ? LegendDisplayMode.Table : LegendDisplayMode.List,
    placement: calcs ? LegendPlacement.Right : LegendPlacement.Bottom,
    showLegend: true,
    calcs: [...(calcs ?? [])],
  };
  const options: Options = {
    legend,
    tooltip: { mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending },
  };
  const custom: GraphConfig = stacked
    ? {
        drawStyle: GraphDrawStyle.Bars,
        fillOpacity: 70,
        lineWidth: 0,
        stacking: { mode: StackingMode.Normal, group: 'A' },
        ...graph,
      }
    : { drawStyle: GraphDrawStyle.Line, lineWidth: 1, fillOpacity: 8, spanNulls: false, ...graph };
  return {
    type: 'timeseries',
    title,
    description,
    datasource: DATASOURCE,
    targets: [...targets],
    maxDataPoints: points,
    options,
    fieldConfig: {
      defaults: { unit, min: 0, noValue: 'No mail in this range', custom, ...field },
      overrides: [
        ...Object.entries(byLabel).map(([refId, { label, events }]) => ({
          matcher: { id: 'byFrameRefID', options: refId },
          properties: [
            { id: 'displayName', value: `\${__field.labels.${label}}` },
            { id: 'links', value: labelLinks(label, events) },
          ],
        })),
        ...Object.entries(series).map(([name, { name: shown, color, events }]) => ({
          matcher: { id: 'byName', options: name },
          properties: [
            { id: 'displayName', value: shown },
            ...(color ? [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: color } }] : []),
            ...(events ? [{ id: 'links', value: [eventsLink(events)] }] : []),
            ...(asLine.includes(name) ? LINE : []),
          ] satisfies DynamicConfigValue[],
        })),
      ],
    },
  };
}

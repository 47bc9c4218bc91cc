import {
  LoadingState,
  applyFieldOverrides,
  dataFrameFromJSON,
  dateTime,
  getPanelOptionsWithDefaults,
  toDataFrame,
  type DataFrame,
  type DataFrameJSON,
  type DataQueryRequest,
  type FieldConfigSource,
  type GrafanaTheme2,
  type PanelData,
  type PanelPlugin,
  type TimeRange,
} from '@grafana/data';
import type { DataQuery } from '@grafana/schema';
import { call } from '../../grafana-datasource/browser/loader';
import { DATASOURCE } from './grafana';
import type { Scene } from './scene';

/** The range that the page's server asks the service about. */
const { rangeOfPage } = window as unknown as { rangeOfPage: Required<Scene>['range'] };

/** The dashboard's time range in a scene. */
export function rangeOf({ range }: Pick<Scene, 'range'>): TimeRange {
  const { from, to } = range ?? rangeOfPage;
  const [start, end] = [dateTime(from), dateTime(to)];
  return { from: start, to: end, raw: { from: start, to: end } };
}

/** What the panel gets in a round of updates: stored rows, or what the running service answers. */
export async function answerOf(scene: Scene, round: number): Promise<readonly DataFrame[]> {
  if (scene.frames) {
    return scene.frames(round).map((frame) => toDataFrame(structuredClone(frame)));
  }
  const { data } = await call('/api/ds/query', 'POST', { queries: targetsOf(scene) });
  const { results } = data as { results: Record<string, { frames?: DataFrameJSON[]; error?: string }> };
  return Object.entries(results).flatMap(([refId, { frames = [], error }]) => {
    if (error !== undefined) {
      throw new Error(error);
    }
    return frames.map((frame) => ({ ...dataFrameFromJSON(frame), refId }));
  });
}

/** The queries of a scene, as Grafana has them: to the one datasource that there is. */
function targetsOf({ queries = [] }: Scene): DataQuery[] {
  return queries.map((query, i) => ({ refId: String.fromCharCode(65 + i), datasource: DATASOURCE, ...query }));
}

/** What Grafana hands to a panel. */
export interface Handed {
  readonly options: object;
  readonly fieldConfig: FieldConfigSource;
  readonly data: PanelData;
}

/** An answer with the scene's options and the configured units, thresholds, links and colours in its fields; the plugin's own where none are. */
export function handed(plugin: PanelPlugin, scene: Scene, frames: readonly DataFrame[], theme: GrafanaTheme2): Handed {
  const { state = 'Done', error } = scene;
  const { options, fieldConfig } = getPanelOptionsWithDefaults({
    plugin,
    currentOptions: { ...scene.options },
    currentFieldConfig: { defaults: {}, overrides: [], ...scene.fieldConfig } as FieldConfigSource,
    isAfterPluginChange: false,
  });
  const series = applyFieldOverrides({
    data: [...frames],
    fieldConfig,
    fieldConfigRegistry: plugin.fieldConfigRegistry,
    replaceVariables: (text) => text,
    theme,
    timeZone: 'utc',
  });
  const data: PanelData = {
    state: LoadingState[state],
    timeRange: rangeOf(scene),
    series,
    ...(scene.queries && { request: { targets: targetsOf(scene) } as DataQueryRequest }),
    ...(error !== undefined && { errors: [{ message: error }] }),
  };
  return { options, fieldConfig, data };
}

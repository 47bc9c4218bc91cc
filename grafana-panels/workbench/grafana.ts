// What Grafana's own page gives panels beside the shared packages, as far as they take it. What they ask of it is kept, so that
// people and tests see it.
import {
  EventBusSrv,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  type DataSourceApi,
  type StandardEditorsRegistryItem,
} from '@grafana/data';
import {
  locationService,
  setAppEvents,
  setBackendSrv,
  setDataSourceSrv,
  setTemplateSrv,
  type BackendSrv,
  type BackendSrvRequest,
  type DataSourceSrv,
  type TemplateSrv,
} from '@grafana/runtime';
import { from } from 'rxjs';
import { call, loadPlugin } from '../../grafana-datasource/browser/loader';

/** Something that a panel asked of Grafana: a filter, another place, a time range, a message to people. */
export interface Done {
  readonly kind: 'filter' | 'place' | 'range' | 'toast' | 'options';
  readonly what: unknown;
}

/** What panels asked for since it was emptied last. */
export const done: Done[] = [];

/** The one datasource there is, as panels refer to it. */
export const DATASOURCE = { type: 'pmta-watchtower-datasource', uid: 'pmta-watchtower' } as const;

/** Options and field properties that Grafana knows; their editors are its own. */
const EDITORS = [
  ...[
    'boolean',
    'color',
    'dashboard-uid',
    'field-name',
    'multi-select',
    'number',
    'radio',
    'select',
    'slider',
    'strings',
  ],
  ...['text', 'timezone', 'unit'],
];
const PROPERTIES = [
  ...['unit', 'min', 'max', 'decimals', 'displayName', 'noValue', 'color', 'thresholds', 'mappings', 'links'],
  ...['fieldMinMax', 'filterable', 'actions'],
];

/** Puts all of it in place; once, before any panel is loaded. */
export function becomeGrafana(): void {
  const item = (id: string) => ({ id, path: id, name: id, editor: () => null, override: () => null });
  standardEditorsRegistry.setInit(() => EDITORS.map(item) as StandardEditorsRegistryItem[]);
  standardFieldConfigEditorRegistry.setInit(
    () =>
      PROPERTIES.map((id) => ({
        ...item(id),
        process: (value: unknown) => value,
        shouldApply: () => true,
      })) as never
  );
  const fetch = ({ url, method = 'GET', data, params = {} }: BackendSrvRequest) => {
    const asked = new URLSearchParams(params).toString();
    return from(call(asked === '' ? url : `${url}?${asked}`, method, data));
  };
  setBackendSrv({
    fetch,
    get: async (url: string) => (await call(url, 'GET')).data,
    post: async (url: string, data: unknown) => (await call(url, 'POST', data)).data,
    delete: async (url: string) => (await call(url, 'DELETE')).data,
  } as unknown as BackendSrv);
  setTemplateSrv({ getVariables: () => [], replace: (text = '') => text } as unknown as TemplateSrv);
  setDataSourceSrv(new DataSources() as unknown as DataSourceSrv);
  const events = new EventBusSrv();
  setAppEvents(events);
  for (const type of ['alert-success', 'alert-warning', 'alert-error', 'alert-info']) {
    events
      .getStream<any>({ type } as never)
      .subscribe(({ payload }) => done.push({ kind: 'toast', what: [type, payload] }));
  }
  locationService
    .getHistory()
    .listen(({ pathname, search }: Location) => done.push({ kind: 'place', what: pathname + search }));
}

/** The one datasource there is: the built one, with the page's server behind it. */
class DataSources {
  readonly #settings = {
    ...DATASOURCE,
    name: 'PMTA Watchtower',
    jsonData: {},
    meta: { id: DATASOURCE.type },
  };

  async get(): Promise<DataSourceApi> {
    const { DataSourceClass } = await loadPlugin<{ DataSourceClass: new (settings: unknown) => DataSourceApi }>(
      DATASOURCE.type
    );
    return new DataSourceClass(this.#settings);
  }

  getInstanceSettings() {
    return this.#settings;
  }

  getList() {
    return [this.#settings];
  }
}

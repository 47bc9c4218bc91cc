import { PluginType, type DataQueryRequest, type DataSourceInstanceSettings } from '@grafana/data';
import { setBackendSrv, setTemplateSrv, type BackendSrv, type TemplateSrv } from '@grafana/runtime';
import { describeModel } from '@pmta-watchtower/ingester/dist/model/description.js';
import { of } from 'rxjs';
import { WatchtowerDatasource } from '../datasource';
import pluginJson from '../plugin.json';
import type { WatchtowerOptions, WatchtowerQuery } from '../types';

/** The model as the service itself tells it. */
export const model = describeModel();

/** What Grafana's services were asked, and what they answer: stand-ins for Grafana, never for the plugin. */
export class FakeGrafana {
  /** Queries that reached the backend. */
  readonly asked: WatchtowerQuery[] = [];
  /** Values of dimensions that the store is to hold. */
  values: Record<string, string[]> = {};
  dashboards: string[] = [];
  variables: Record<string, string | string[]> = {};
  failure: string | undefined;

  install(): WatchtowerDatasource {
    setBackendSrv({
      fetch: ({
        url,
        data,
      }: {
        url: string;
        data?: DataQueryRequest<WatchtowerQuery> & { queries?: WatchtowerQuery[] };
      }) => of({ data: this.answer(url, data?.queries ?? []) }),
      get: async (url: string) => {
        if (url === '/api/search') {
          return this.dashboards.map((uid) => ({ uid }));
        }
        throw new Error(`nobody answers ${url}`);
      },
    } as unknown as BackendSrv);
    setTemplateSrv({
      getVariables: () => Object.entries(this.variables).map(([name, value]) => ({ name, current: { value } })),
      replace: (text: string) => {
        const value = this.variables[text.replace(/^\$/, '')];
        return text.startsWith('$') && typeof value === 'string' ? value : text;
      },
    } as unknown as TemplateSrv);
    return new WatchtowerDatasource(settings);
  }

  private answer(url: string, queries: WatchtowerQuery[]): unknown {
    if (url.includes('/resources/model')) {
      if (this.failure !== undefined) {
        throw { data: { error: { message: this.failure } } };
      }
      return model;
    }
    this.asked.push(...queries);
    return {
      results: Object.fromEntries(
        queries.map(({ refId, dimension, search = '' }) => [
          refId,
          {
            status: 200,
            frames: [frameOf((this.values[String(dimension)] ?? []).filter((value) => value.includes(search)))],
          },
        ])
      ),
    };
  }
}

function frameOf(values: string[]): unknown {
  return {
    schema: { fields: [{ name: 'value', type: 'string', typeInfo: { frame: 'string', nullable: false } }] },
    data: { values: [values] },
  };
}

const settings = {
  id: 1,
  uid: 'pmta-watchtower',
  type: pluginJson.id,
  name: 'PMTA Watchtower',
  access: 'proxy',
  readOnly: false,
  jsonData: {},
  meta: { id: pluginJson.id, name: pluginJson.name, type: PluginType.datasource, baseUrl: '', module: '', info: {} },
} as unknown as DataSourceInstanceSettings<WatchtowerOptions>;

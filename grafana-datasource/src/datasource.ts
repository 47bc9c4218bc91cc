import {
  SupplementaryQueryType,
  type AdHocVariableFilter,
  type CoreApp,
  type DataQueryRequest,
  type DataSourceGetTagKeysOptions,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  type DataSourceWithSupplementaryQueriesSupport,
  type MetricFindValue,
  type ScopedVars,
  type SupplementaryQueryOptions,
  type TimeRange,
} from '@grafana/data';
import { DataSourceWithBackend } from '@grafana/runtime';
import { firstValueFrom, map } from 'rxjs';
import { annotationSupport } from './annotations/annotations';
import { logsVolumeOf } from './explore/logsVolume';
import { migrate } from './migrations/migrate';
import { fromAdHoc } from './query/adhoc';
import { DEFAULT_QUERY, missingPart, takesFilters } from './query/defaults';
import { describeQuery } from './query/describe';
import { grafanaTemplates } from './query/templates';
import { interpolate } from './query/variables';
import type { Filter, Model, WatchtowerOptions, WatchtowerQuery } from './types';
import { VariableValues } from './variables/variableSupport';

/** A question for the values of a dimension. */
export interface ValuesQuestion {
  dimension: string;
  search?: string;
  filters?: Filter[];
  limit?: number;
}

/** The datasource in the browser: it prepares questions and passes them on; what they mean is the API's. */
export class WatchtowerDatasource
  extends DataSourceWithBackend<WatchtowerQuery, WatchtowerOptions>
  implements DataSourceWithSupplementaryQueriesSupport<WatchtowerQuery>
{
  readonly annotations = annotationSupport;
  private described: Promise<Model> | undefined;

  constructor(settings: DataSourceInstanceSettings<WatchtowerOptions>) {
    super(settings);
    this.variables = new VariableValues(this);
  }

  /** What a question can be built from; asked once, and again after a failure. */
  model(): Promise<Model> {
    this.described ??= this.getResource<Model>('model').catch((error: unknown) => {
      this.described = undefined;
      throw error;
    });
    return this.described;
  }

  /** Values of a dimension, those that were attempted most first, within a range where there is one. */
  async valuesOf({ dimension, search, filters, limit = 1000 }: ValuesQuestion, range?: TimeRange): Promise<string[]> {
    const query: WatchtowerQuery = {
      refId: 'values',
      queryType: 'values',
      dimension: dimension as WatchtowerQuery['dimension'],
      filters: filters ?? [],
      limit,
      ...(search && { search }),
    };
    const request = { targets: [query], range, scopedVars: {} } as unknown as DataQueryRequest<WatchtowerQuery>;
    return firstValueFrom(
      this.query(request).pipe(
        map(({ data, errors }) => {
          if (errors?.[0]) {
            throw new Error(errors[0].message ?? 'the values could not be read');
          }
          return (data[0]?.fields[0]?.values ?? []) as string[];
        })
      ),
      { defaultValue: [] }
    );
  }

  getDefaultQuery(_app: CoreApp): Partial<WatchtowerQuery> {
    return DEFAULT_QUERY;
  }

  filterQuery(query: WatchtowerQuery): boolean {
    return query.hide !== true && missingPart(query) === undefined;
  }

  getQueryDisplayText(query: WatchtowerQuery): string {
    return describeQuery(query);
  }

  applyTemplateVariables(
    query: WatchtowerQuery,
    scopedVars: ScopedVars,
    filters?: AdHocVariableFilter[]
  ): WatchtowerQuery {
    const today = migrate(query);
    const own = takesFilters(today.queryType) ? [...(today.filters ?? []), ...fromAdHoc(filters)] : today.filters;
    return interpolate({ ...today, ...(own && { filters: own }) }, grafanaTemplates(), scopedVars);
  }

  interpolateVariablesInQueries(
    queries: WatchtowerQuery[],
    scopedVars: ScopedVars,
    filters?: AdHocVariableFilter[]
  ): WatchtowerQuery[] {
    return queries.map((query) => ({
      ...this.applyTemplateVariables(query, scopedVars, filters),
      datasource: this.getRef(),
    }));
  }

  async getTagKeys(_options?: DataSourceGetTagKeysOptions<WatchtowerQuery>): Promise<MetricFindValue[]> {
    const { dimensions } = await this.model();
    return dimensions.map(({ name }) => ({ text: name, value: name }));
  }

  async getTagValues({
    key,
    filters,
    timeRange,
  }: DataSourceGetTagValuesOptions<WatchtowerQuery>): Promise<MetricFindValue[]> {
    const { dimensions } = await this.model();
    if (!dimensions.some(({ name, groupBy }) => name === key && groupBy)) {
      return [];
    }
    const others = fromAdHoc(filters.filter((filter) => filter.key !== key));
    const values = await this.valuesOf({ dimension: key, filters: others }, timeRange);
    return values.map((value) => ({ text: value, value }));
  }

  getSupportedSupplementaryQueryTypes(): SupplementaryQueryType[] {
    return [SupplementaryQueryType.LogsVolume];
  }

  getSupplementaryQuery({ type }: SupplementaryQueryOptions, query: WatchtowerQuery): WatchtowerQuery | undefined {
    return type === SupplementaryQueryType.LogsVolume ? logsVolumeOf(query) : undefined;
  }

  getSupplementaryRequest(
    type: SupplementaryQueryType,
    request: DataQueryRequest<WatchtowerQuery>
  ): DataQueryRequest<WatchtowerQuery> | undefined {
    const targets = request.targets.flatMap(
      (query) => this.getSupplementaryQuery({ type } as SupplementaryQueryOptions, query) ?? []
    );
    return targets.length > 0 ? { ...request, requestId: `${request.requestId}-volume`, targets } : undefined;
  }
}

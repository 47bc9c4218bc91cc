import {
  SupplementaryQueryType,
  dateTime,
  type AdHocVariableFilter,
  type CoreApp,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  type DataSourceWithLogsContextSupport,
  type DataSourceWithSupplementaryQueriesSupport,
  type LogRowContextOptions,
  type LogRowModel,
  type MetricFindValue,
  type ScopedVars,
  type SupplementaryQueryOptions,
  type TimeRange,
} from '@grafana/data';
import { t } from '@grafana/i18n';
import { DataSourceWithBackend } from '@grafana/runtime';
import { firstValueFrom, from, map, switchMap, type Observable } from 'rxjs';
import { annotationSupport } from './annotations/annotations';
import { contextOf } from './explore/logContext';
import { logsVolumeOf } from './explore/logsVolume';
import { dashboardsThere } from './links/dashboards';
import { withLinks } from './links/links';
import { migrate } from './migrations/migrate';
import { fromAdHoc } from './query/adhoc';
import { compared } from './query/compared';
import { defaultQuery, missingPart, takesFilters } from './query/defaults';
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

/** Where no range is known, such as in the settings of a variable, values of these days are suggested. */
const SUGGESTED_DAYS = 7;

/** The datasource in the browser: it prepares questions and passes them on; what they mean is the API's. */
export class WatchtowerDatasource
  extends DataSourceWithBackend<WatchtowerQuery, WatchtowerOptions>
  implements
    DataSourceWithSupplementaryQueriesSupport<WatchtowerQuery>,
    DataSourceWithLogsContextSupport<WatchtowerQuery>
{
  readonly annotations = annotationSupport;
  private described: Promise<Model> | undefined;
  private dashboards: Promise<ReadonlySet<string>> | undefined;

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

  /** Answers of the backend, with links from what they name to dashboards and traces. */
  query(request: DataQueryRequest<WatchtowerQuery>): Observable<DataQueryResponse> {
    this.dashboards ??= dashboardsThere();
    const { uid, name } = this;
    const links = (dashboards: ReadonlySet<string>) => ({
      datasource: { uid, name },
      dashboards,
      range: request.range,
    });
    // A text that nobody has typed into its variable yet leaves a query as unfinished as one that is not written.
    const targets = request.targets.filter(
      (query) => missingPart(this.applyTemplateVariables(query, request.scopedVars, request.filters)) === undefined
    );
    return super.query({ ...request, targets }).pipe(
      switchMap((response) =>
        from(this.dashboards ?? []).pipe(
          map((dashboards) => ({
            ...response,
            data: compared(response.data as DataFrame[], targets).map((frame) => withLinks(frame, links(dashboards))),
          }))
        )
      )
    );
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
    return firstValueFrom(
      this.query(requestOf(query, range ?? lastDays(SUGGESTED_DAYS))).pipe(
        map(({ data, errors }) => {
          if (errors?.[0]) {
            throw new Error(errors[0].message ?? t('errors.values', 'The values could not be read'));
          }
          return (data[0]?.fields[0]?.values ?? []) as string[];
        })
      ),
      { defaultValue: [] }
    );
  }

  getDefaultQuery(app: CoreApp): Partial<WatchtowerQuery> {
    return defaultQuery(app);
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

  async getTagKeys(): Promise<MetricFindValue[]> {
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

  /** Lines on one side of a log line, of the same VMTA and provider. */
  getLogRowContext(row: LogRowModel, options?: LogRowContextOptions): Promise<DataQueryResponse> {
    const { query, range } = contextOf(row, options);
    return firstValueFrom(this.query(requestOf(query, range)), { defaultValue: { data: [] } });
  }

  async getLogRowContextQuery(row: LogRowModel, options?: LogRowContextOptions): Promise<WatchtowerQuery> {
    return { ...contextOf(row, options).query, datasource: this.getRef() };
  }
}

/** A request outside of panels: one query and its range, no variables of a panel's own. */
function requestOf(query: WatchtowerQuery, range: TimeRange): DataQueryRequest<WatchtowerQuery> {
  return {
    requestId: query.refId,
    app: '',
    interval: '',
    intervalMs: 0,
    timezone: 'browser',
    startTime: Date.now(),
    targets: [query],
    range,
    scopedVars: {},
  };
}

function lastDays(days: number): TimeRange {
  const to = dateTime();
  const start = dateTime().subtract(days, 'days');
  return { from: start, to, raw: { from: start, to } };
}

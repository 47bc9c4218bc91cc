import {
  CustomVariableSupport,
  FieldType,
  toDataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
} from '@grafana/data';
import { from, map, type Observable } from 'rxjs';
import type { WatchtowerDatasource } from '../datasource';
import { grafanaTemplates } from '../query/templates';
import { interpolate } from '../query/variables';
import type { WatchtowerQuery } from '../types';
import { VariableEditor } from './VariableEditor';

/** Variables whose choices are the values of a dimension, narrowed by filters that may hold other variables. */
export class VariableValues extends CustomVariableSupport<WatchtowerDatasource, WatchtowerQuery> {
  readonly editor = VariableEditor;

  constructor(private readonly datasource: WatchtowerDatasource) {
    super();
  }

  getDefaultQuery(): Partial<WatchtowerQuery> {
    return { queryType: 'values', dimension: 'provider', filters: [] };
  }

  query(request: DataQueryRequest<WatchtowerQuery>): Observable<DataQueryResponse> {
    const query = request.targets[0];
    if (!query?.dimension) {
      return from([{ data: [] }]);
    }
    const { dimension, filters, limit } = interpolate(query, grafanaTemplates(), request.scopedVars ?? {});
    const values = this.datasource.valuesOf(
      { dimension: String(dimension), filters: filters ?? [], ...(limit !== undefined && { limit }) },
      request.range
    );
    return from(values).pipe(
      map((found) => ({ data: [toDataFrame({ fields: [{ name: 'text', type: FieldType.string, values: found }] })] }))
    );
  }
}

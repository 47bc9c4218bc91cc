import {
  CustomVariableSupport,
  FieldType,
  toDataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
} from '@grafana/data';
import { map, of, type Observable } from 'rxjs';
import type { WatchtowerDatasource } from '../datasource';
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
      return of({ data: [] });
    }
    const { dimension, search, filters = [], limit = MOST_CHOICES } = query;
    const target: WatchtowerQuery = {
      refId: query.refId ?? 'values',
      queryType: 'values',
      dimension,
      filters,
      limit,
      ...(search !== undefined && { search }),
    };
    return this.datasource.query({ ...request, targets: [target] }).pipe(
      map(({ data, ...rest }) => {
        const values = (data[0]?.fields[0]?.values ?? []) as string[];
        return { ...rest, data: [toDataFrame({ fields: [{ name: 'text', type: FieldType.string, values }] })] };
      })
    );
  }
}

/** Choices of a variable where its query sets no limit. */
const MOST_CHOICES = 1000;

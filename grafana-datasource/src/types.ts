import type { DataSourceJsonData } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';
import type {
  Filter as ModelFilter,
  ModelDescription,
  QueryInput,
} from '@pmta-watchtower/ingester/dist/model/index.js';

/** What a question can be built from, as the API describes it. */
export type Model = ModelDescription;

/** A condition on a dimension. */
export type Filter = ModelFilter;

/** Kinds of questions: those of the API, and the live counters, which the backend takes from the API's stream. */
export type QueryType = QueryInput['queryType'] | 'live';

type Parts<Input> = Input extends unknown
  ? Exclude<keyof Input, 'refId' | 'queryType' | 'from' | 'to' | 'filters'>
  : never;
type PartOf<Input, Name extends PropertyKey> = Input extends unknown
  ? Name extends keyof Input
    ? Input[Name]
    : never
  : never;

/** Every part that a query of any kind can have, as the API takes it; an editor shows those of one kind. */
export type QueryParts = { [Name in Parts<QueryInput>]?: PartOf<QueryInput, Name> };

/** A query as it is saved in a panel or an alert rule. */
export interface WatchtowerQuery extends DataQuery, QueryParts {
  queryType?: QueryType;
  filters?: Filter[];
  /** Asks about the range before: as long as that of the dashboard, and ending where that begins. */
  previous?: boolean;
  /** Form of the query; without it the first. */
  schemaVersion?: number;
}

/** Settings of a datasource that everyone may see. */
export interface WatchtowerOptions extends DataSourceJsonData {
  /** Address of the API. It is not `url`: that would open the API to everyone through Grafana's proxy. */
  apiUrl?: string;
  /** Zone whose days count where a query names none; empty leaves it to the API. */
  timezone?: string;
  /** Seconds after which a query is given up. */
  timeout?: number;
  tlsSkipVerify?: boolean;
  tlsAuth?: boolean;
  tlsAuthWithCACert?: boolean;
  serverName?: string;
}

/** Settings that never come back to a browser. */
export interface WatchtowerSecrets {
  readKey?: string;
  adminKey?: string;
  tlsCACert?: string;
  tlsClientCert?: string;
  tlsClientKey?: string;
}

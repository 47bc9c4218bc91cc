import { SCHEMA_VERSION } from '../query/defaults';
import type { WatchtowerQuery } from '../types';

/** A saved query in today's form. The backend does the same for alert rules; pkg/plugin/testdata/migrations.json holds both to one meaning. */
export function migrate(query: WatchtowerQuery): WatchtowerQuery {
  return query.schemaVersion === undefined ? { ...query, schemaVersion: SCHEMA_VERSION } : query;
}

export { answer, schemasOf, type QueryResponse, type QueryResult } from './answer';
export type { AnswerContext } from './context';
export { describeModel, type Described, type ModelDescription } from './description';
export { rangeOf } from './checks';
export type { Counter } from './metrics/counters';
export {
  INCIDENT_DIMENSIONS,
  type Diagnosis,
  type IncidentSource,
  type KnownIncident,
} from './diagnosis/diagnosis';
export {
  causesQuerySchema,
  insightsQuerySchema,
  MOST_INSIGHTS,
  RISK_DIMENSIONS,
  riskQuerySchema,
  type CausesQuery,
  type InsightsQuery,
  type RiskQuery,
} from './diagnosis/queries';
export { AMOUNT, BIN, distributionSql } from './metrics/distributionSql';
export { distributionQuerySchema } from './metrics/distributionQuery';
export { dimensions, GROUPING, type DimensionDefinition, type DimensionName } from './dimensions';
export { eventColumns } from './events/eventColumns';
export { eventsQuerySchema } from './events/eventsQuery';
export { QueryError } from './errors';
export { exportChunks, EXPORT_FORMATS, type ExportChunk, type ExportFormat } from './export/export';
export { FILE_STATUSES, type FileSource } from './service/files';
export { newestEventAge } from './service/service';
export { expiredNotices } from './expired';
export {
  rowsFrame,
  type Column,
  type ColumnKind,
  type Field,
  type Frame,
  type FrameMeta,
  type Notice,
  type Value,
} from './frames';
export { heldRange } from './held';
export { BACKFILL, INCIDENT_COLUMNS, incidentsQuerySchema, touching } from './incidents';
export { dashboardLink, type Named } from './links';
export { incidentLink, linkedOf, type Linked, type Share } from './incidentLinks';
export { ownersOf } from './owners';
export { bucketOf, bucketSql, valueOf, valueSql } from './metrics/latency';
export type { TimeRange } from './standing';
export { markdownTables } from './markdown';
export { heldNotices } from './metrics/held';
export { withPrefix } from './params';
export { partitioned } from './partitioned';
export { planQuestion, rawRanges, type Part, type Plan, type Question } from './metrics/planner';
export { describeParts } from './metrics/shape';
export { SLOW, tallySql, TIMED, type Grouping, type TalliedCounter } from './metrics/tally';
export { aged, agedSql } from './metrics/aged';
export { planSql } from './metrics/sql';
export { columns, type Selection, type Statement } from './metrics/tableSql';
export type { QueryInput } from './inputs';
export { maskText } from './masking';
export { MESSAGE_COLUMNS } from './messages/messages';
export { messagesQuerySchema } from './messages/messagesQuery';
export { TRACE_COLUMNS } from './messages/trace';
export { traceQuerySchema } from './messages/traceQuery';
export { metrics, type MetricDefinition, type MetricName } from './metrics/metrics';
export {
  describeMistake,
  filterSchema,
  filtersSchema,
  groupingSchema,
  metricNameSchema,
  operatorSchema,
  metricsQuerySchema,
  queryRequestSchema,
  queryTypes,
  QUERY_TYPES,
  rangeShape,
  type Filter,
  type MetricsQuery,
  type QueryRequest,
  type QueryType,
} from './schema';

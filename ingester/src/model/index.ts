export { answer, schemasOf, type QueryResponse, type QueryResult } from './answer';
export type { AnswerContext } from './context';
export { describeModel, type Described, type ModelDescription } from './description';
export { distributionQuerySchema } from './metrics/distributionQuery';
export { dimensions, GROUPING, type DimensionDefinition, type DimensionName } from './dimensions';
export { eventColumns } from './events/eventColumns';
export { eventsQuerySchema } from './events/eventsQuery';
export { QueryError } from './errors';
export { exportChunks, EXPORT_FORMATS, type ExportChunk, type ExportFormat } from './export/export';
export { FILE_STATUSES, type FileSource } from './service/files';
export { newestEventAge } from './service/service';
export type { Column, ColumnKind, Field, Frame, FrameMeta, Notice } from './frames';
export { heldRange } from './held';
export { INCIDENT_COLUMNS, incidentsQuerySchema } from './incidents';
export { bucketOf, bucketSql, valueOf, valueSql } from './metrics/latency';
export { markdownTables } from './markdown';
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

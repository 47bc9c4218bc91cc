export { answer, type QueryResponse, type QueryResult } from './answer';
export type { AnswerContext } from './context';
export { dimensions, GROUPING, type DimensionDefinition, type DimensionName } from './dimensions';
export { eventColumns } from './events/eventColumns';
export { QueryError } from './errors';
export { exportChunks, EXPORT_FORMATS, type ExportChunk, type ExportFormat } from './export/export';
export { FILE_STATUSES, type FileSource } from './service/files';
export type { Field, Frame, FrameMeta, Notice } from './frames';
export { heldRange } from './held';
export { bucketOf, bucketSql, valueOf } from './metrics/latency';
export { maskText } from './masking';
export { metrics, type MetricDefinition, type MetricName } from './metrics/metrics';
export {
  describeMistake,
  metricsQuerySchema,
  queryRequestSchema,
  QUERY_TYPES,
  type Filter,
  type MetricsQuery,
  type QueryRequest,
} from './schema';

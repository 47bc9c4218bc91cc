/** The rooms under measurement, as they were compiled. */
export { openApi, type Listening } from '@pmta-watchtower/ingester/dist/api';
export { openLog } from '@pmta-watchtower/ingester/dist/log';
export { openParts, type Parts } from '@pmta-watchtower/ingester/dist/cli/parts';
export { readSettings } from '@pmta-watchtower/ingester/dist/config';
export {
  Detector,
  loadDetectionRules,
  watchIncidents,
  type DetectionWatch,
} from '@pmta-watchtower/ingester/dist/detect';
export { loadRules, normaliseSql, readHeader } from '@pmta-watchtower/ingester/dist/formats';
export type { FileRecord } from '@pmta-watchtower/ingester/dist/ingest';
export { CONTENT_COLUMNS } from '@pmta-watchtower/ingester/dist/ingest/commit';
export { answer, type QueryRequest } from '@pmta-watchtower/ingester/dist/model';
export { literal, type Store } from '@pmta-watchtower/ingester/dist/store';
export { RETAINED } from '@pmta-watchtower/ingester/dist/store/engines';
export { fill } from '@pmta-watchtower/ingester/dist/store/migrations';

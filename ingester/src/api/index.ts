export { exposure } from './access';
export { ApiError } from './errors';
export { exportOf, NOTICES_HEADER } from './export';
export { pruneUploads } from './files';
export type { Listening } from './listen';
export { openApi, type ApiParts } from './open';

export { exposure } from './access';
export { createApp } from './app';
export { ApiError } from './errors';
export { exportOf, NOTICES_HEADER } from './export';
export { pruneUploads } from './files';
export { listen, type Listening } from './listen';
export { Monitor } from './monitor';
export type { ApiDependencies } from './route';

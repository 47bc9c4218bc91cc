export { Committer } from './committer';
export { stageTable } from './work';
export { CONTENT_COLUMNS } from './columns';
export type { Removal } from './identity';

export { Committer } from './committer';
export { LACKS_OF_LATE } from './correlation';
export { COMMIT_STEP, ownRows, stageTable, TOUCHED_BY_COMMIT } from './work';
export { CONTENT_COLUMNS } from './columns';
export type { Removal } from './identity';

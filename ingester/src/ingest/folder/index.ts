export { DropFolder } from './folder';
export type { AfterLoad, DropFolderOptions, FolderFile, FollowStep, LoadOutcome } from './options';
export { DEFAULT_TIMING } from './state';
export type { Timing } from './state';
export { isWatched } from './names';
export { identityOf } from './tracker';
export { lookAt, pathsBelow } from './tree';

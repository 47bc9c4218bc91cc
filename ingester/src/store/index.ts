export { openStore, type ReadOptions, type Store, type StoreSettings } from './store';
export { StoreClaimedError, StoreLostError } from './claim';
export { StoreLockedError } from './connect';
export { literal, literals } from './sql';

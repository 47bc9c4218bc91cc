export { openStore, type ReadOptions, type Store, type StoreSettings } from './store';
export { StoreClaimedError, StoreLostError } from './claim';
export { StoreLockedError } from './connect';
export { rawEdge, rollupEdge, type Retention } from './retention';
export { literal, literals } from './sql';
export { viewOver } from './views';
export { BusyError, type Asker, type TurnFigures } from './turns';
export { RETAINED } from './engines';

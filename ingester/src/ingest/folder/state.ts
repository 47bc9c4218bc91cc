import type { Kind } from './names';

/** Delays of the drop folder, all in milliseconds. */
export interface Timing {
  /** Size and time of change unchanged for so long: the file is complete enough to be loaded. */
  settleMs: number;
  /** A plain log that is still growing after so long is followed as it grows. */
  followAfterMs: number;
  /** A loaded plain log is put away once it has not changed for so long. */
  moveAfterMs: number;
  /** A followed log that was rotated away is finished when it has been quiet for so long. */
  finishMs: number;
  /** A followed log that nothing was added to for so long counts as finished, but stays where it is. */
  idleMs: number;
  /** How often files under way are looked at. */
  pollMs: number;
  /** How often the whole folder is looked at, for what the operating system did not report. */
  rescanMs: number;
  /** How long to wait after a failure before the same is tried again. */
  retryMs: number;
}

/** Used where nothing else is said. */
export const DEFAULT_TIMING: Timing = {
  settleMs: 2_000,
  followAfterMs: 5_000,
  moveAfterMs: 10_000,
  finishMs: 60_000,
  idleMs: 15 * 60_000,
  pollMs: 1_000,
  rescanMs: 15_000,
  retryMs: 10_000,
};

/**
 * Where a file stands: `waiting` to settle; `following` as it grows; `loaded`, to be put away; `refused`, to be put aside;
 * `settled`: nothing to do unless it changes.
 */
export type Phase = 'waiting' | 'following' | 'loaded' | 'refused' | 'settled';

/** What is known of one file. Times are epoch milliseconds. */
export interface FileState {
  readonly kind: Kind;
  readonly phase: Phase;
  readonly size: number;
  readonly mtimeMs: number;
  readonly firstSeenAt: number;
  /** When a change was last seen; undefined while none was. */
  readonly changedAt: number | undefined;
  /** When the file was first seen to grow, before it was loaded. */
  readonly growingSince: number | undefined;
  /** The size that was last handed over to be followed. */
  readonly followedSize: number | undefined;
  /** Became shorter since it was last handed over. */
  readonly truncated: boolean;
  /** The writer renamed it. */
  readonly rotated: boolean;
  /** Has been put away; only growth matters now. */
  readonly putAway: boolean;
  /** Not to be touched before then, after a failure. */
  readonly notBefore: number;
}

/** What to do with a file now. */
export type Action = 'wait' | 'load' | 'follow' | 'finish' | 'put-away';

/** A file at first sight. */
export function firstSight(kind: Kind, seen: { size: number; mtimeMs: number }, now: number): FileState {
  return {
    kind,
    phase: 'waiting',
    size: seen.size,
    mtimeMs: seen.mtimeMs,
    firstSeenAt: now,
    changedAt: undefined,
    growingSince: undefined,
    followedSize: undefined,
    truncated: false,
    rotated: false,
    putAway: false,
    notBefore: 0,
  };
}

/** The state after another look at the file. */
export function seeAgain(state: FileState, seen: { size: number; mtimeMs: number }, now: number): FileState {
  const grew = seen.size > state.size;
  const shrank = seen.size < state.size;
  if (!grew && !shrank && seen.mtimeMs === state.mtimeMs) return state;
  const changed = { ...state, size: seen.size, mtimeMs: seen.mtimeMs, changedAt: now };
  switch (state.phase) {
    case 'waiting':
      return {
        ...changed,
        growingSince: shrank ? undefined : (state.growingSince ?? (grew ? now : undefined)),
      };
    case 'following':
      return { ...changed, truncated: state.truncated || shrank };
    case 'loaded':
    case 'settled':
      if (state.kind === 'plain' && grew) return { ...changed, phase: 'following' };
      // Whoever touches what has been put away does not want it loaded again.
      if (state.putAway) return changed;
      return { ...changed, phase: 'waiting', growingSince: undefined };
    case 'refused':
      return { ...changed, phase: 'waiting', growingSince: grew ? now : undefined };
  }
}

/** When the file was last changed, as far as can be told; a time of change in the future does not count. */
export function quietSince(state: FileState): number {
  return state.changedAt ?? Math.min(state.mtimeMs, state.firstSeenAt);
}

/**
 * What to do with a file.
 *
 * @param left its writer has left it: closed it, went on in a later log of the series, or the file is gone
 */
export function decide(state: FileState, now: number, timing: Timing, left: boolean): Action {
  if (now < state.notBefore) return 'wait';
  const quiet = now - quietSince(state);
  switch (state.phase) {
    case 'waiting':
      if (quiet >= timing.settleMs) return 'load';
      if (state.kind === 'plain' && now - (state.growingSince ?? now) > timing.followAfterMs) return 'follow';
      return 'wait';
    case 'following':
      if (state.size !== state.followedSize || state.truncated) return 'follow';
      if (quiet >= (state.rotated || state.putAway || left ? timing.finishMs : timing.idleMs))
        return 'finish';
      return 'wait';
    case 'loaded':
    case 'refused':
      return state.kind === 'packed' || quiet >= timing.moveAfterMs ? 'put-away' : 'wait';
    case 'settled':
      return 'wait';
  }
}

/** The state after a load of what `given` was. A file that changed meanwhile goes on from there at the next look. */
export function loaded(given: FileState, refused: boolean): FileState {
  return { ...given, phase: refused ? 'refused' : 'loaded', growingSince: undefined };
}

/** The state of a live log that turns out to have been followed before: it is handed over at once. */
export function resumed(state: FileState): FileState {
  return { ...state, phase: 'following', followedSize: undefined };
}

/** The state when the file is handed over to be followed; shrinking from now on is a new truncation. */
export function handedOver(state: FileState): FileState {
  return { ...state, phase: 'following', followedSize: state.size, truncated: false };
}

/** The state of a followed file whose end was handed over; it is put away only if its writer has left it. */
export function finished(state: FileState, left: boolean): FileState {
  const phase = (state.rotated || left) && !state.putAway ? 'loaded' : 'settled';
  return { ...state, phase, rotated: false };
}

/** What a status means for people: what is well, on its way, worth a look, wrong, or of no account. */
export type Mood = 'good' | 'busy' | 'warn' | 'bad' | 'plain';

const MOODS = new Map<string, Mood>(
  Object.entries({
    queued: 'busy',
    loading: 'busy',
    following: 'good',
    loaded: 'good',
    loaded_with_errors: 'warn',
    duplicate: 'plain',
    rejected: 'bad',
    failed: 'bad',
  })
);

/** The mood of a status; a status that is not known is plain. */
export function moodOf(status: string): Mood {
  return MOODS.get(status) ?? 'plain';
}

/** Whether a file is on its way in: its rows still change, and nothing can be done to it. */
export function isBusy(status: string): boolean {
  return moodOf(status) === 'busy';
}

/** Whether a file may be loaded again: what failed, was refused, or has rows that other rules may read. */
export function mayRetry(status: string): boolean {
  return ['failed', 'rejected', 'loaded_with_errors'].includes(status);
}

/** Whether a file may be deleted: the service refuses those that still change. */
export function mayDelete(status: string): boolean {
  return !isBusy(status) && status !== 'following';
}

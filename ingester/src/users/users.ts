import type { Store } from '../store';

/** Who owns a job. Texts as the log writes the job; an empty user takes the entry back. */
export interface JobUser {
  job: string;
  user: string;
}

/** One page of the jobs that have a user, by job. */
export interface UserPage {
  users: (JobUser & { source: 'mapping' | 'header' })[];
  next: string | null;
}

/** Most entries of one upload. */
export const MAX_USERS = 200_000;

/**
 * Adds entries to the mapping, of several with one job the last; with `replace`, all other entries are taken back. What
 * was written last counts.
 */
export async function changeUsers(
  store: Pick<Store, 'read' | 'append'>,
  entries: readonly JobUser[],
  replace = false,
): Promise<{ changed: number; removed: number }> {
  const wanted = new Map(entries.map(({ job, user }) => [job, user]));
  const known = await store.read<{ job: string; user: string; last: number }>(
    'SELECT u.job AS job, argMax(u.user, u.version) AS user, max(u.version) AS last FROM watchtower.job_users AS u GROUP BY job',
  );
  const gone = replace ? known.filter(({ job, user }) => user !== '' && !wanted.has(job)) : [];
  const before = new Map(known.map(({ job, user }) => [job, user]));
  const changed = [...wanted].filter(([job, user]) => (before.get(job) ?? '') !== user);
  const version = known.reduce((latest, { last }) => Math.max(latest, last + 1), Date.now());
  await store.append('job_users', [
    ...changed.map(([job, user]) => ({ job, user, version })),
    ...gone.map(({ job }) => ({ job, user: '', version })),
  ]);
  return { changed: changed.length, removed: gone.length };
}

/** The jobs that have a user, in order, from behind `cursor` (a job) on. */
export async function listUsers(
  store: Pick<Store, 'read'>,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<UserPage> {
  const users = await store.read<UserPage['users'][number]>(
    `SELECT u.job AS job, u.user AS user, if(u.said = 1, 'mapping', 'header') AS source FROM watchtower.users AS u
     WHERE job > {after:String} ORDER BY job LIMIT ${limit + 1}`,
    { params: { after: cursor ?? '' } },
  );
  const page = users.slice(0, limit);
  return { users: page, next: users.length > limit ? (page.at(-1)?.job ?? null) : null };
}

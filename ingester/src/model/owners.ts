import type { Store } from '../store';

/** Who owns these jobs, as far as that is known. Throws what the store throws. */
export async function ownersOf(
  store: Pick<Store, 'read'>,
  jobs: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  if (jobs.length === 0) return new Map();
  const rows = await store.read<{ job: string; user: string }>(
    'SELECT u.job AS job, u.user AS user FROM watchtower.users AS u WHERE u.job IN {jobs:Array(String)}',
    { params: { jobs }, ...(signal && { signal }) },
  );
  return new Map(rows.map(({ job, user }) => [job, user]));
}

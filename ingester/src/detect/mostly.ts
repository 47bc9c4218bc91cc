import { isDeferral } from './deferrals';
import type { Episode } from './episodes';
import type { Reader } from './reads';

/** A job that at least this share of what is wrong belongs to is named. */
const MOST = 0.5;

/** The job that most of an episode's deferrals belong to, and who owns it; nothing where there is no such job. */
export async function mostlyOf(
  store: Reader,
  { kind, entity, pool, start, end }: Episode,
): Promise<{ job?: string; user?: string }> {
  if (!isDeferral(kind)) return {};
  const conditions = [
    `if(position(provider, '.') > 0, 'other', toString(provider)) = {provider:String}`,
    ...(entity.vmta !== undefined ? ['vmta = {vmta:String}'] : []),
    ...(entity.vmta === undefined && pool !== undefined ? ['pool = {pool:String}'] : []),
    `time >= toDateTime(${start}, 'UTC') AND time < toDateTime(${end}, 'UTC')`,
  ];
  const params = { provider: entity.provider ?? '', vmta: entity.vmta ?? '', pool: pool ?? '' };
  const [row] = await store.read<{ job: string; n: number; all: number }>(
    `SELECT job_ AS job, n, sum(n) OVER () AS all FROM (
       SELECT toString(job) AS job_, sum(sign) AS n FROM watchtower.events
       WHERE role = 0 AND record = 't' AND ${conditions.join(' AND ')} GROUP BY job_
     ) ORDER BY n DESC, job LIMIT 1`,
    { params },
  );
  if (!row || row.job === '' || row.n < MOST * row.all) return {};
  const [owner] = await store.read<{ user: string }>(
    'SELECT u.user AS user FROM watchtower.users AS u WHERE u.job = {job:String}',
    { params: { job: row.job } },
  );
  return { job: row.job, ...(owner && { user: owner.user }) };
}

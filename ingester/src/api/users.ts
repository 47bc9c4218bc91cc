import { z } from 'zod';
import { changeUsers, listUsers, MAX_USERS, parseUsers, problemOf, UsersError, type JobUser } from '../users';
import { ApiError, check } from './errors';
import { pageSchema, readJson, readText } from './input';
import { answers, json, parametersOf, type RouteDoc } from './openapi';
import type { ApiContext, ApiDependencies, Route } from './route';

/** Largest list, in bytes. */
const MAX_BYTES = 16 * 1024 * 1024;

const entrySchema = z
  .object({ job: z.string('a text').trim(), user: z.string('a text').trim() })
  .superRefine((entry, context) => {
    const message = problemOf(entry);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const bodySchema = z.object({
  users: z
    .array(entrySchema, 'an array of {job, user}')
    .max(MAX_USERS, `at most ${MAX_USERS} jobs in one list`),
});

const jobUserRow = z.object({ job: z.string(), user: z.string(), source: z.enum(['mapping', 'header']) });

const changeDoc = (summary: string): RouteDoc => ({
  tag: 'users',
  summary,
  description:
    'A list with a wrong entry is refused whole, and `details` names each. An empty user takes an entry back.',
  body: {
    description: 'CSV with the header `job,user`, or JSON',
    content: { 'application/json': bodySchema, 'text/csv': z.string() },
  },
  answer: json(
    'How many entries changed, and how many were taken back',
    z.object({ changed: z.int(), removed: z.int() }),
  ),
  refusals: {
    408: 'the body took too long to arrive',
    413: 'the body is larger than 16 MB',
    415: 'the body is neither CSV nor JSON',
  },
  examples: {
    'a list': { body: { type: 'text/csv', value: 'job,user\nJ-17,ann\n' } },
    JSON: { body: { type: 'application/json', value: { users: [{ job: 'J-17', user: 'ann' }] } } },
  },
});

/** Who owns which job: the list, entries added (POST), or the whole mapping replaced (PUT). */
export function userRoutes(deps: ApiDependencies): Route[] {
  const change =
    (replace: boolean): Route['handle'] =>
    async (context) =>
      context.json(await changeUsers(deps.store, await entriesOf(context), replace));
  return [
    {
      method: 'GET',
      path: '/api/users',
      needs: 'read',
      doc: {
        tag: 'users',
        summary: 'Who owns which job, by job',
        parameters: parametersOf(pageSchema, {
          limit: 'At most so many; without it, 100',
          cursor: 'The `next` of the page before',
        }),
        answer: json('A page of jobs that have a user', answers.page('users', jobUserRow)),
        examples: { 'the first ten': { parameters: { limit: 10 } } },
      },
      handle: async (context) =>
        context.json(await listUsers(deps.store, check(pageSchema, context.req.query()))),
    },
    {
      method: 'POST',
      path: '/api/users',
      needs: 'admin',
      doc: changeDoc('Adds entries to the mapping from jobs to users'),
      handle: change(false),
    },
    {
      method: 'PUT',
      path: '/api/users',
      needs: 'admin',
      doc: changeDoc('Replaces the mapping from jobs to users'),
      handle: change(true),
    },
  ];
}

/** The entries of a JSON or CSV body. A list with a wrong entry is refused whole. */
async function entriesOf(context: ApiContext): Promise<JobUser[]> {
  const type = context.req.header('content-type') ?? '';
  if (/^application\/json\b/i.test(type)) return check(bodySchema, await readJson(context, MAX_BYTES)).users;
  if (!/^text\/csv\b/i.test(type))
    throw new ApiError(415, 'unsupported_type', 'Content-Type must be text/csv or application/json');
  try {
    return parseUsers(await readText(context, 'a list of users', MAX_BYTES));
  } catch (error) {
    if (error instanceof UsersError) throw new ApiError(400, 'invalid_request', error.message, error.errors);
    throw error;
  }
}

import { authorize, hasKeys, type Permission } from './access';
import { personOf } from './asker';
import { ApiError } from './errors';
import type { Limits } from './limits';
import type { ApiContext, ApiDependencies } from './route';

/** Largest body, in bytes, of a request to a route that reads none: such a body is passed over. */
const MAX_UNREAD = 1024;

/**
 * Lets a request to a route pass, and notes who sent it, or throws. `reads`: the route takes a body and bounds it itself.
 * @throws ApiError 401 `unauthorized`, 403 `forbidden`, 413 `too_large`, 429 `too_many_requests`
 */
export async function guard(
  { settings: { keys } }: ApiDependencies,
  limits: Limits,
  context: ApiContext,
  needs: Permission,
  reads: boolean,
): Promise<void> {
  const { incoming } = context.env;
  const { headers, socket } = incoming;
  const { authorization, host, origin } = headers;
  const address = socket.remoteAddress;
  const brought = hasKeys(keys) && authorization !== undefined;
  if (brought) await limits.mayTryKey(address);
  const caller = {
    remoteAddress: address,
    host,
    origin,
    authorization,
    grafanaRole: headers['x-watchtower-role'],
  };
  try {
    const access = authorize(keys, needs, caller);
    const person = personOf(incoming, access);
    context.set('masked', access.masked);
    context.set('person', person);
    if (access.role !== undefined) context.set('role', access.role);
    if (access.role === undefined && brought) await limits.wrongKey(address);
    await (access.role === undefined && hasKeys(keys) ? limits.came(address) : limits.asked(person.owner));
  } catch (error) {
    if (error instanceof ApiError && error.status !== 429)
      await (error.status === 401 && brought ? limits.wrongKey(address) : limits.came(address));
    throw error;
  }
  if (!reads) refuseBody(headers);
}

function refuseBody(headers: ApiContext['env']['incoming']['headers']): void {
  const bytes =
    headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : Infinity;
  if (bytes > MAX_UNREAD)
    throw new ApiError(
      413,
      'too_large',
      `this route reads no body: at most ${MAX_UNREAD} bytes are passed over`,
    );
}

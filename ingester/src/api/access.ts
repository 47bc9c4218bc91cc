import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { Settings } from '../config';
import { ApiError } from './errors';

/** What a key may do: `read` answers questions, `ingest` takes logs in, `admin` may do everything. */
export type Role = 'read' | 'ingest' | 'admin';

/** What a route asks for; `public` answers anyone who may connect at all. */
export type Permission = 'public' | Role;

/** What is known of a request before it is looked at. Addresses and header values as Node gives them. */
export interface Caller {
  remoteAddress: string | undefined;
  host: string | undefined;
  origin: string | undefined;
  authorization: string | undefined;
  /** Role in Grafana of the person who asks, as its backend passes it on. */
  grafanaRole: string | string[] | undefined;
}

/** What is known of a request that may pass. */
export interface Access {
  /** Whether recipients are hidden from who sent it. */
  masked: boolean;
  /** Role of the key beside it; undefined where there is none, or one that is not known on a public route. */
  role?: Role;
}

type Keys = Settings['keys'];

/**
 * Lets a request pass or throws. With keys, a route that is not public needs a key of its role. Without any key
 * only this machine may connect: its address must be loopback, and so must the names in Host and Origin, because
 * a web page elsewhere can make a browser on this machine connect (by a form, or by a name that resolves to it).
 * @throws ApiError 401 `unauthorized`, 403 `forbidden`
 */
export function authorize(keys: Keys, permission: Permission, caller: Caller): Access {
  if (!hasKeys(keys)) {
    requireLoopback(caller);
    return { masked: false };
  }
  const role = roleOf(keys, caller.authorization);
  if (permission === 'public') return { masked: true, ...(role && { role }) };
  if (role === undefined)
    throw new ApiError(401, 'unauthorized', 'a valid key is needed: Authorization: Bearer <key>');
  if (role !== 'admin' && role !== permission) {
    throw new ApiError(
      403,
      'forbidden',
      `this needs a key with the role ${permission}; the key's role is ${role}`,
    );
  }
  return { masked: isMasked(role, caller.grafanaRole), role };
}

/** The role that stands beside a key decides; without one the admin key sees everything, any other is a viewer's. */
function isMasked(role: Role, grafanaRole: Caller['grafanaRole']): boolean {
  if (grafanaRole === undefined) return role !== 'admin';
  return grafanaRole !== 'Editor' && grafanaRole !== 'Admin';
}

/** Why the service must not listen with these settings, as one line, or undefined where it may. */
export function exposure(settings: Pick<Settings, 'host' | 'keys'>): string | undefined {
  if (hasKeys(settings.keys) || isLoopbackName(settings.host)) return undefined;
  return (
    `WATCHTOWER_HOST is ${settings.host}, which other machines can reach, but no key is set: ` +
    'set WATCHTOWER_ADMIN_KEY (and WATCHTOWER_READ_KEY, WATCHTOWER_INGEST_KEY), or listen on 127.0.0.1'
  );
}

/** Whether requests need a key at all. */
export function hasKeys(keys: Keys): boolean {
  return keys.admin !== undefined || keys.read !== undefined || keys.ingest !== undefined;
}

function requireLoopback(caller: Caller): void {
  if (!isLoopbackAddress(caller.remoteAddress)) {
    throw new ApiError(403, 'forbidden', 'no key is set, so only this machine may connect');
  }
  if (caller.host === undefined || !isLoopbackName(hostname(caller.host))) {
    throw new ApiError(
      403,
      'forbidden',
      'no key is set, so the Host must be localhost or a loopback address',
    );
  }
  if (caller.origin !== undefined && !isLoopbackOrigin(caller.origin)) {
    throw new ApiError(403, 'forbidden', 'no key is set, so pages of other sites may not send requests');
  }
}

/** Compares hashes, of equal length, with every key whatever matched before, so that time tells nothing of a key. */
function roleOf(keys: Keys, authorization: string | undefined): Role | undefined {
  const given = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (given === undefined) return undefined;
  const hash = digest(given);
  const roles: Role[] = ['read', 'ingest', 'admin'];
  const matches = roles.filter((role) => {
    const key = keys[role];
    return key !== undefined && timingSafeEqual(hash, digest(key));
  });
  return matches.at(-1);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}

function isLoopbackName(name: string): boolean {
  const plain = name.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return plain === 'localhost' || isLoopbackAddress(plain);
}

/** The name in a Host header, without its port. */
function hostname(host: string): string {
  return host.replace(/:[0-9]+$/, '');
}

function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopbackName(new URL(origin).hostname);
}

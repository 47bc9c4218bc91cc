import { ApiError } from './errors';
import { authorize, exposure, type Caller, type Permission } from './access';

const local: Caller = {
  remoteAddress: '127.0.0.1',
  host: 'localhost:8686',
  origin: undefined,
  authorization: undefined,
  grafanaRole: undefined,
};
const remote: Caller = { ...local, remoteAddress: '203.0.113.9', host: 'watchtower.example' };
const keys = { read: 'r-key', ingest: 'i-key', admin: 'a-key' };

const outcome = (allowed: typeof keys | object, permission: Permission, caller: Caller): number => {
  try {
    authorize(allowed, permission, caller);
    return 200;
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
};
const bearer = (key: string): Caller => ({ ...remote, authorization: `Bearer ${key}` });

describe('without any key', () => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])(
    'lets this machine in from %s',
    (remoteAddress) => {
      expect(outcome({}, 'admin', { ...local, remoteAddress })).toBe(200);
    },
  );

  it.each(['203.0.113.9', '::ffff:10.0.0.1', '127.evil.example', undefined])(
    'keeps %s out',
    (remoteAddress) => {
      expect(outcome({}, 'public', { ...local, remoteAddress })).toBe(403);
    },
  );

  it.each(['evil.example', 'localhost.evil.example:8686', '127.0.0.1.nip.io', undefined])(
    'keeps a browser out whose page made the name %s point here',
    (host) => {
      expect(outcome({}, 'read', { ...local, host })).toBe(403);
    },
  );

  it.each(['localhost', 'LOCALHOST:1', '127.0.0.1:8686', '[::1]:8686'])('takes the Host %s', (host) => {
    expect(outcome({}, 'read', { ...local, host })).toBe(200);
  });

  it('keeps out what a page of another site sends to this machine, and takes a page of this machine', () => {
    expect(outcome({}, 'ingest', { ...local, origin: 'https://evil.example' })).toBe(403);
    expect(outcome({}, 'ingest', { ...local, origin: 'null' })).toBe(403);
    expect(outcome({}, 'ingest', { ...local, origin: 'http://localhost:3000' })).toBe(200);
  });
});

describe('with keys', () => {
  it.each<[string, Permission, number]>([
    ['r-key', 'read', 200],
    ['r-key', 'ingest', 403],
    ['r-key', 'admin', 403],
    ['i-key', 'read', 403],
    ['i-key', 'ingest', 200],
    ['i-key', 'admin', 403],
    ['a-key', 'read', 200],
    ['a-key', 'ingest', 200],
    ['a-key', 'admin', 200],
    ['wrong', 'read', 401],
    ['r-ke', 'read', 401],
    ['', 'read', 401],
  ])('the key %j on a route for %s answers %i', (key, permission, status) => {
    expect(outcome(keys, permission, bearer(key))).toBe(status);
  });

  it('asks this machine for a key too, and nobody on a public route', () => {
    expect(outcome(keys, 'read', local)).toBe(401);
    expect(outcome(keys, 'public', remote)).toBe(200);
  });

  it('a public route knows the key beside a request, and takes any', () => {
    expect(authorize(keys, 'public', bearer('r-key'))).toEqual({ masked: true, role: 'read' });
    expect(authorize(keys, 'public', bearer('wrong'))).toEqual({ masked: true });
  });

  it('takes no role for granted whose key is not set', () => {
    expect(outcome({ read: 'r-key' }, 'admin', bearer('undefined'))).toBe(401);
  });

  it('gives the strongest role to a key that is set for several', () => {
    expect(outcome({ read: 'same', admin: 'same' }, 'admin', bearer('same'))).toBe(200);
  });
});

describe('exposure', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'mail.example'])('refuses to listen on %s without a key', (host) => {
    expect(exposure({ host, keys: {} })).toMatch(/no key is set.*WATCHTOWER_ADMIN_KEY/);
    expect(exposure({ host, keys: { read: 'r' } })).toBeUndefined();
  });

  it.each(['127.0.0.1', 'localhost', '::1'])('listens on %s without a key', (host) => {
    expect(exposure({ host, keys: {} })).toBeUndefined();
  });
});

describe('recipients', () => {
  it.each([
    ['r-key', undefined, true],
    ['r-key', 'Viewer', true],
    ['r-key', 'Editor', false],
    ['r-key', 'Admin', false],
    ['r-key', 'admin', true],
    ['r-key', '', true],
    ['r-key', 'Admin, Viewer', true],
    ['a-key', undefined, false],
    ['a-key', 'Viewer', true],
    ['a-key', 'Editor', false],
  ])('beside the key %s, the role %s: hidden %s', (key, grafanaRole, masked) => {
    expect(authorize(keys, 'read', { ...bearer(key), grafanaRole })).toMatchObject({ masked });
  });

  it('are open to this machine where no key is set, whatever role it names', () => {
    expect(authorize({}, 'read', { ...local, grafanaRole: 'Viewer' })).toEqual({ masked: false });
  });
});

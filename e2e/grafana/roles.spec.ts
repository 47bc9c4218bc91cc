import { expect, test } from '@grafana/plugin-e2e';
import { request } from 'node:http';
import { Grafana, type Role } from './grafana';
import { scene, service } from './scene';
import { Witness, type Reached } from './witness';

const admin = Grafana.fromEnvironment();
const { api, from, to } = scene();
let witness: Witness;
let datasource: { uid: string; id: number };

test.beforeAll(async () => {
  witness = new Witness(api.url);
  const { uid } = await admin.addDatasource({ ...api, url: await witness.listen() });
  datasource = await admin.json('GET', `/api/datasources/uid/${uid}`);
});

test.afterAll(async () => {
  await admin.removeDatasource(datasource.uid);
  witness.close();
});

/** Sends a path exactly as it is written: other clients tidy it up before it leaves. */
function raw(grafana: Grafana, method: string, path: string, body = '{}'): Promise<number> {
  const { hostname, port, pathname } = new URL(grafana.url);
  const headers = { Authorization: grafana.authorization, 'Content-Type': 'application/json' };
  return new Promise((resolve, reject) => {
    // A connection of its own: one that was kept might be closed by the other side right now.
    const sent = request(
      { hostname, port, method, path: `${pathname.replace(/\/$/, '')}${path}`, headers, agent: false },
      (answer) => answer.resume().on('end', () => resolve(answer.statusCode ?? 0)),
    );
    sent.on('error', reject);
    sent.end(method === 'GET' || method === 'HEAD' ? undefined : body);
  });
}

/** What each role may make reach the service. Every other call must stop in Grafana, or at the service's own door. */
const READS = [
  /^GET \/readyz$/,
  /^GET \/api\/model$/,
  /^GET \/api\/dimensions(\/[\w.:-]+\/values)?(\?|$)/,
  /^GET \/api\/files(\/[\w.:-]+(\/errors)?)?(\?|$)/,
  /^GET \/api\/analytics\/export(\?|$)/,
  /^POST \/api\/query$/,
];
const WRITES: Record<Role, RegExp[]> = {
  Viewer: [],
  Editor: [
    /^POST \/api\/files\/upload(\?|$)/,
    /^POST \/api\/files\/\w+\/retry$/,
    /^POST \/api\/incidents\/[\w.:-]+\/ack$/,
  ],
};

/** Calls that got further than the role may, whatever they were written like. */
function breaches(role: Role, reached: readonly Reached[]): string[] {
  return reached.flatMap(({ method, path, key, status, answer }) => {
    const call = `${method} ${path}`;
    const matches = (rules: readonly RegExp[]) => rules.some((rule) => rule.test(call));
    const mine = key === api.adminKey ? matches(WRITES[role]) : matches(READS);
    // The service knows no such path, or takes none that is written like this.
    const shut = answer.includes('there is no such route') || answer.includes('"invalid_path"');
    return mine || (shut && !(role === 'Viewer' && key === api.adminKey)) ? [] : [`${call} ${status}`];
  });
}

/** No file has this id: what gets through to it changes nothing. */
const NONE = '999999';

/** Every route of the service, as its own description lists them. */
async function routes(): Promise<{ method: string; path: string }[]> {
  const { paths } = await service().get<{ paths: Record<string, object> }>('/openapi.json');
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      path: path.replace('{name}', 'provider').replace(/\{\w+\}/g, NONE),
    })),
  );
}

/** Ways to write `path` so that something that was let through as `door` might lead there. */
function spellings(door: string, path: string): string[] {
  const up = '../'.repeat(6);
  const plain = path.slice(1);
  const encoded = (text: string) => text.replace(/\//g, '%2f');
  return [
    plain,
    `/${plain}`,
    encoded(plain),
    `./${plain}`,
    `${door}/${plain}`,
    `${door}/${up}${plain}`,
    `${door}/../../${plain}`,
    `${door}/..%2f..%2f..%2f${encoded(plain)}`,
    `${door}%2f..%2f..%2f..%2f${encoded(plain)}`,
    `${door}/%2e%2e/%2e%2e/%2e%2e/${plain}`,
    `${door}/%2e%2e%2f%2e%2e%2f%2e%2e%2f${encoded(plain)}`,
    `${door}/..%252f..%252f..%252f${plain.replace(/\//g, '%252f')}`,
    `${door}/..%5c..%5c..%5c${plain.replace(/\//g, '%5c')}`,
    `${door}/..;/..;/..;/${plain}`,
    `${door}//../..//../${plain}`,
    `${door}/../${path.split('/').slice(3).join('/')}`,
    `${door}%3f/../../../${plain}`,
    `${door}%00/../../../${plain}`,
    `${door.toUpperCase()}/../../../${plain}`,
  ];
}

for (const role of ['Viewer', 'Editor'] as const) {
  test(`a ${role} asks what is theirs, and is refused what is not`, async () => {
    const { grafana, remove } = await admin.addPerson(role);
    const files = async () =>
      (await service().get<{ files: { id: string; status: string }[] }>('/api/files')).files;
    const [file] = await files();
    const resource = `/api/datasources/uid/${datasource.uid}/resources`;
    const call = (method: string, path: string) => raw(grafana, method, `${resource}/${path}`);
    try {
      for (const path of ['model', 'dimensions', 'files', `files/${file?.id}`, `files/${file?.id}/errors`])
        expect([path, await call('GET', path)]).toEqual([path, 200]);
      const question = {
        refId: 'A',
        queryType: 'metrics',
        metrics: ['delivered'],
        datasource: { uid: datasource.uid },
      };
      const answered = await grafana.call('POST', '/api/ds/query', {
        from: String(from),
        to: String(to),
        queries: [question],
      });
      expect(answered.status).toBe(200);

      const mayWrite = role === 'Editor';
      // There is no such file and no such incident: the service says so to those who may ask.
      expect(await call('POST', `files/${NONE}/retry`)).toBe(mayWrite ? 404 : 403);
      expect(await call('POST', 'incidents/none/ack')).toBe(mayWrite ? 404 : 403);
      expect(await call('DELETE', `files/${file?.id}`)).toBe(403);
      const before = witness.reached.length;
      // By its number a datasource is not reached at all, where this Grafana has given that up.
      for (const place of [`uid/${datasource.uid}`, String(datasource.id)]) {
        const proxy = `/api/datasources/proxy/${place}`;
        for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
          expect([403, 404]).toContain(await raw(grafana, method, `${proxy}/upload`));
        for (const path of ['/', '/api/files', `/files/${file?.id}`, '/healthz', '/uploads'])
          expect([403, 404]).toContain(await raw(grafana, 'DELETE', proxy + path));
      }
      expect(witness.reached.slice(before)).toEqual([]);
      const upload = `/api/datasources/proxy/uid/${datasource.uid}/upload`;
      // An upload without a name is refused by the service, to those who may upload.
      expect(await raw(grafana, 'POST', upload, '')).toBe(mayWrite ? 400 : 403);
      expect(witness.reached.length - before).toBe(mayWrite ? 1 : 0);
      expect((await files()).map(({ id }) => id)).toContain(file?.id);
    } finally {
      await remove();
    }
  });

  // Without it one way of writing a path would be enough to delete files or to read around the masking of recipients.
  test(`no way of writing a path brings a ${role} further`, async () => {
    test.setTimeout(300_000);
    const { grafana, remove } = await admin.addPerson(role);
    const { files } = await service().get<{ files: unknown[] }>('/api/files');
    const start = witness.reached.length;
    let tried = 0;
    try {
      for (const { method, path } of await routes()) {
        const tries = [
          ...spellings('upload', path).map((text) => `/api/datasources/proxy/uid/${datasource.uid}/${text}`),
          `/api/datasources/proxy/${datasource.id}/upload/..%2f..%2f..${path}`,
          ...spellings('files', path).map(
            (text) => `/api/datasources/uid/${datasource.uid}/resources/${text}`,
          ),
          ...spellings('files/1', path).map(
            (text) => `/api/datasources/uid/${datasource.uid}/resources/${text}`,
          ),
          `/api/datasources/${datasource.id}/resources/files/..%2f..%2f..${path}`,
        ];
        await Promise.all(tries.map((text) => raw(grafana, method, text)));
        tried += tries.length;
      }
      expect(tried).toBeGreaterThan(1000);
      expect(breaches(role, witness.reached.slice(start))).toEqual([]);
      expect((await service().get<{ files: unknown[] }>('/api/files')).files).toEqual(files);
    } finally {
      await remove();
    }
  });
}

// Without it the tests above could not see a call that gets through.
test('what an administrator of Grafana may do reaches the service', async () => {
  const start = witness.reached.length;
  expect(await raw(admin, 'DELETE', `/api/datasources/uid/${datasource.uid}/resources/files/${NONE}`)).toBe(
    404,
  );
  expect(witness.reached.slice(start)).toEqual([
    expect.objectContaining({ method: 'DELETE', path: `/api/files/${NONE}`, key: api.adminKey }),
  ]);
  expect(
    breaches(
      'Editor',
      witness.reached.slice(start).map((each) => ({ ...each, status: 200 })),
    ),
  ).toHaveLength(1);
});

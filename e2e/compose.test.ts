import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { readSettings } from '../ingester/src/config';
import { openTestStore } from '../ingester/src/model/store.testkit';
import { setUp } from '../scripts/composeSetup.cjs';

const ROOT = path.resolve(__dirname, '..');
const text = (place: string) => readFileSync(path.join(ROOT, place), 'utf8');

interface Service {
  image: string;
  build?: { target: string };
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  environment: Record<string, string>;
  networks?: string[];
  ports?: string[];
  volumes: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  restart: string;
}

const compose = parse(text('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);

const named = (name: string): Service => {
  const service = compose.services[name];
  if (!service) throw new Error(`no service ${name}`);
  return service;
};

/** A value as it is where nothing is set. */
const unset = (value: string) => String(value).replace(/\$\{\w+:-([^}]*)\}/g, '$1');

describe('docker-compose.yml', () => {
  // What a tag stands for today it may not stand for tomorrow.
  it('names images by an exact version, and so does the Dockerfile', () => {
    for (const [, { image }] of services) expect(image).toMatch(/:\d+\.\d+\.\d+(\.\d+)?$/);
    const stages = [...text('Dockerfile').matchAll(/^FROM \S+ AS (\w+)$/gm)].map(([, name]) => name);
    const taken = [...text('Dockerfile').matchAll(/(?:^FROM|--from=)\s*(\S+)/gm)].map(
      ([, name = '']) => name,
    );
    for (const image of taken.filter((name) => !stages.includes(name)))
      expect(image).toMatch(/:\d+\.\d+\.\d+(-bookworm(-slim)?)?$/);
    for (const [, { build }] of services) if (build) expect(stages).toContain(build.target);
  });

  it('runs nothing as root, with a writable image or with rights it does not need', () => {
    for (const [name, { user, read_only, cap_drop, security_opt, build }] of services) {
      expect([name, read_only, cap_drop, security_opt]).toEqual([
        name,
        true,
        ['ALL'],
        ['no-new-privileges:true'],
      ]);
      const isService = build?.target === 'service';
      expect([name, isService || /^[1-9]\d*:\d+$/.test(user ?? '')]).toEqual([name, true]);
    }
    expect(
      text('Dockerfile')
        .split(/^FROM /m)
        .find((stage) => / AS service$/m.test(stage)),
    ).toMatch(/^USER node$/m);
  });

  it('opens ports to this machine alone, and ClickHouse to the service alone', () => {
    for (const [, { ports = [] }] of services)
      for (const port of ports) expect(unset(port)).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    const { ports, networks } = named('clickhouse');
    expect([ports, networks]).toEqual([undefined, ['store']]);
    expect(compose.networks['store']).toEqual({ internal: true });
    const inStore = services.filter(([, each]) => each.networks?.includes('store')).map(([name]) => name);
    expect(inStore.sort()).toEqual(['clickhouse', 'watchtower']);
  });

  it('holds no secret and no password that everybody knows', () => {
    for (const [, { environment }] of services)
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD|KEY$|WEBHOOK|CLICKHOUSE_.*URL/.test(name))
          expect([name, unset(value)]).toEqual([name, '']);
  });

  it('starts what waits for what, and asks each whether it is well', () => {
    for (const [name, { healthcheck, depends_on = {}, restart }] of services) {
      if (restart !== 'no') expect([name, healthcheck?.test[0]]).toEqual([name, 'CMD']);
      for (const [other, { condition }] of Object.entries(depends_on))
        expect([name, condition]).toEqual([
          name,
          named(other).restart === 'no' ? 'service_completed_successfully' : 'service_healthy',
        ]);
    }
    for (const [, { volumes }] of services)
      for (const volume of volumes.map((each) => unset(each).split(':')[0] ?? ''))
        if (!volume.startsWith('./')) expect(Object.keys(compose.volumes)).toContain(volume);
  });

  it('lets Grafana load every plugin of the suite', () => {
    const folders = [
      'grafana-datasource',
      ...readdirSync(path.join(ROOT, 'grafana-panels')).map((name) => `grafana-panels/${name}`),
    ];
    const ids = folders.flatMap((folder) => {
      try {
        return (JSON.parse(text(`${folder}/src/plugin.json`)) as { id: string }).id;
      } catch {
        return [];
      }
    });
    expect(
      named('grafana').environment['GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS']?.split(',').sort(),
    ).toEqual(ids.sort());
  });

  const client = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' });
  (client.status === 0 ? it : it.skip)('is read by docker compose', () => {
    const { status, stderr } = spawnSync('docker', ['compose', 'config', '--quiet'], { cwd: ROOT });
    expect([status, stderr.toString()]).toEqual([0, '']);
  });
});

describe('the set-up', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'watchtower-setup-'));
    setUp(folder, { SLACK_WEBHOOK_URL: 'https://hooks.slack.example/services/T0/B0/secret' });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const of = (volume: string) =>
    Object.fromEntries(
      readdirSync(path.join(folder, volume)).map((name) => [
        name,
        readFileSync(path.join(folder, volume, name), 'utf8'),
      ]),
    );

  it('makes secrets of this installation, keeps them, and lets nobody else read them', () => {
    const before = of('own');
    expect(Object.keys(before).length).toBe(6);
    expect(new Set(Object.values(before)).size).toBe(6);
    for (const value of Object.values(before)) expect(value).toMatch(/^[\w-]{32}$/);
    for (const volume of ['own', 'service', 'grafana', 'clickhouse'])
      for (const name of readdirSync(path.join(folder, volume)))
        expect(statSync(path.join(folder, volume, name)).mode & 0o7777).toBe(0o640);
    setUp(folder, {});
    expect(of('own')).toEqual(before);
    setUp(folder, { WATCHTOWER_READ_KEY: 'of-my-own' });
    expect(of('service')['WATCHTOWER_READ_KEY']).toBe('of-my-own');
    setUp(folder, { SLACK_WEBHOOK_URL: 'https://hooks.slack.example/services/T0/B0/secret' });
  });

  it('gives the service settings that it takes, and Grafana no password of the store', () => {
    const environment = Object.fromEntries(
      Object.entries(named('watchtower').environment).map(([name, value]) => [name, unset(value)]),
    );
    const settings = readSettings({ ...environment, ...of('service') });
    expect(settings).toMatchObject({ host: '0.0.0.0', dropDir: '/drop' });
    expect(Object.keys(settings.keys).sort()).toEqual(['admin', 'ingest', 'read']);
    expect(settings.clickhouseReadUrl).toMatch(/^http:\/\/reader:/);
    const { WATCHTOWER_READ_KEY, WATCHTOWER_INGEST_KEY, WATCHTOWER_ADMIN_KEY, ...rest } = of('grafana');
    expect([WATCHTOWER_READ_KEY, WATCHTOWER_INGEST_KEY, WATCHTOWER_ADMIN_KEY]).toEqual([
      settings.keys.read,
      settings.keys.ingest,
      settings.keys.admin,
    ]);
    expect(Object.keys(rest)).toEqual(['GF_SECURITY_ADMIN_PASSWORD']);
  });

  it('writes users whose passwords are those of the service', () => {
    const { users } = parse(of('clickhouse')['users.yaml'] ?? '') as {
      users: Record<string, { password_sha256_hex: string }>;
    };
    const { clickhouseUrl = '', clickhouseReadUrl = '' } = readSettings(of('service'));
    for (const url of [clickhouseUrl, clickhouseReadUrl]) {
      const { username, password } = new URL(url);
      const sum = createHash('sha256').update(password).digest('hex');
      expect(users[username]?.password_sha256_hex).toBe(sum);
    }
  });

  it('lays out what Grafana reads, without the address of Slack', () => {
    expect(readdirSync(path.join(folder, 'provisioning')).sort()).toEqual([
      ...['alerting', 'dashboards', 'datasources'],
    ]);
    const point = readFileSync(path.join(folder, 'provisioning/alerting/contact-point.json'), 'utf8');
    expect(point).toContain('watchtower-slack');
    expect(point).not.toContain('hooks.slack.example');
  });

  // Secrets come from files; what is set by hand stays.
  it('hands secrets to a program by its environment', () => {
    const script = path.join(folder, 'with-secrets.sh');
    writeFileSync(
      script,
      text('docker/with-secrets.sh').replace('/run/watchtower', path.join(folder, 'service')),
    );
    const run = (env: NodeJS.ProcessEnv) =>
      spawnSync('sh', [script, 'sh', '-c', 'printf "%s %s" "$WATCHTOWER_READ_KEY" "$WATCHTOWER_ADMIN_KEY"'], {
        env: { PATH: process.env['PATH'] ?? '', ...env },
      }).stdout.toString();
    const { WATCHTOWER_READ_KEY, WATCHTOWER_ADMIN_KEY } = of('service');
    expect(run({})).toBe(`${WATCHTOWER_READ_KEY} ${WATCHTOWER_ADMIN_KEY}`);
    expect(run({ WATCHTOWER_READ_KEY: 'mine' })).toBe(`mine ${WATCHTOWER_ADMIN_KEY}`);
  });
});

describe('ClickHouse', () => {
  interface User {
    '@remove'?: string;
    grants?: { query: string[] };
  }
  const { users } = parse(text('clickhouse/server/users.yaml')) as { users: Record<string, User> };

  it('has a writer of one database and a reader of it, and nobody without a password', () => {
    expect(Object.keys(users).sort()).toEqual(['default', 'reader', 'writer']);
    expect(users['default']).toEqual({ '@remove': 'remove' });
    expect(users['reader']?.grants?.query).toEqual(['GRANT SELECT ON watchtower.*']);
    for (const grant of users['writer']?.grants?.query ?? [])
      expect(grant).toMatch(/^GRANT (ALL ON watchtower\.\*|SELECT ON system\.\w+|KILL QUERY ON \*\.\*)$/);
  });

  it('grants what the engine understands, and the tables of the system that the service reads', async () => {
    const opened = await openTestStore();
    try {
      const grants = Object.values(users).flatMap((user) => user.grants?.query ?? []);
      for (const grant of grants) {
        const params = { q: `${grant} TO someone` };
        const rows = await opened.store.read<{ sql: string }>('SELECT formatQuery({q:String}) AS sql', {
          params,
        });
        expect(rows[0]?.sql).toMatch(/^GRANT /);
      }
    } finally {
      await opened.close();
    }
    const granted = (users['writer']?.grants?.query ?? []).flatMap(
      (grant) => /system\.(\w+)/.exec(grant)?.[1] ?? [],
    );
    expect([...new Set(readTables())].filter((table) => !granted.includes(table))).toEqual([]);
  });
});

/** Tables of the system that the service's sources name, but for those that everybody may read. */
function readTables(): string[] {
  return readdirSync(path.join(ROOT, 'ingester/src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(test|testkit)\.ts$/.test(name))
    .flatMap((name) =>
      [...text(`ingester/src/${name}`).matchAll(/\bFROM system\.(\w+)/g)].flatMap(([, table = '']) =>
        table === 'one' ? [] : [table],
      ),
    );
}

import { writeLogs } from '@pmta-watchtower/generator';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FileRecord } from '../ingester/src/ingest';
import type { QueryResult } from '../ingester/src/model';
import { openHost, type Host } from '../scripts/plugin.cjs';
import { Site, type Service } from './service';

/** Epoch ms of the first mail. */
export const START = Date.UTC(2026, 8, 15);

/** A day in ms. */
export const DAY = 86_400_000;

/** What Grafana tells of a query beside its model: from before the first mail until after the last, in steps of ten minutes. */
export const SEEN = {
  from: START - DAY / 6,
  to: START + 2 * DAY,
  intervalMs: 600_000,
  maxDataPoints: 500,
};

const KEYS = { read: 'look', admin: 'change' };

/** Who asks, through which datasource; see grafana-datasource/host. */
export interface Asker {
  settings: object;
  secrets: Record<string, string>;
  role: string;
  pluginVersion?: string;
}

/** What the test button gives. */
export interface Health {
  status: 'OK' | 'ERROR';
  message: string;
  details?: Record<string, unknown>;
}

/** The answer to a call beside queries. */
export interface Resource {
  status: number;
  headers: Record<string, string[]>;
  body: string;
}

/** Answers by refId. */
export type Results = Record<string, QueryResult>;

/** The real service with a day of logs, and the built backend in front of it, spoken to as Grafana does. */
export class Backend {
  private constructor(
    readonly site: Site,
    readonly service: Service,
    readonly host: Host,
  ) {}

  /** Starts both; a log with two rows that cannot be loaded stands beside those of the day. */
  static async open(): Promise<Backend> {
    const site = new Site({ WATCHTOWER_READ_KEY: KEYS.read, WATCHTOWER_ADMIN_KEY: KEYS.admin });
    const backend = new Backend(site, await site.serve(), openHost());
    const { files } = await backend.write('day', START, 1500);
    const [log = ''] = files;
    const [header, row = ''] = readFileSync(log, 'utf8').split('\n');
    const broken = path.join(site.folder, 'broken.csv');
    writeFileSync(
      broken,
      [header, row, row.replace('2026', '<b>20x6'), `${row},"ann@example.org"`, ''].join('\n'),
    );
    await backend.service.upload([...files, broken]);
    const loaded = await backend.service.settled(files.length + 1);
    expect(loaded.map(({ status }) => status).sort()).toEqual(['loaded', 'loaded_with_errors']);
    return backend;
  }

  async close(): Promise<void> {
    await this.service.stop();
    expect(await this.host.close()).toBe(0);
    this.site.remove();
  }

  /** Logs of their own, as one series. */
  async write(name: string, start: number, messages: number) {
    const folder = path.join(this.site.folder, name);
    mkdirSync(folder);
    const options = { messages, seed: name, start: start / 1000, layout: 'mixed' } as const;
    const { files, truth } = await writeLogs(folder, options);
    return { truth, files: files.map((file) => path.join(folder, file.name)) };
  }

  /** Files that hold rows which could not be loaded. */
  async wrong(): Promise<FileRecord[]> {
    const { files } = await this.service.get<{ files: FileRecord[] }>('/api/files');
    return files.filter(({ errors }) => errors > 0);
  }

  /** Someone of a role. */
  as(role: string, more: Partial<Asker> = {}): Asker {
    const secrets = { readKey: KEYS.read, adminKey: KEYS.admin };
    return { settings: { apiUrl: this.service.url }, secrets, role, ...more };
  }

  /** Answers through the backend. */
  async through(queries: readonly object[], role: string): Promise<Results> {
    const params = { asker: this.as(role), queries };
    return (await this.host.call<{ results: Results }>('query', params)).results;
  }

  /** Answers of the API itself. */
  async direct(queries: readonly object[], role: string): Promise<Results> {
    const headers = { Authorization: `Bearer ${KEYS.read}`, 'X-Watchtower-Role': role };
    const init = { method: 'POST', headers, body: JSON.stringify({ queries }) };
    return (await this.service.get<{ results: Results }>('/api/query', init)).results;
  }

  /** What the test button says to an administrator. */
  health(more: Partial<Asker> = {}): Promise<Health> {
    return this.host.call<Health>('health', { asker: this.as('Admin', more) });
  }

  /** A call beside queries; `query` is what stands behind the path, with its question mark. */
  resource(role: string, method: string, route: string, query = ''): Promise<Resource> {
    return this.host.call<Resource>('resource', { asker: this.as(role), method, path: route, query });
  }
}

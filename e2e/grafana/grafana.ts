import { randomUUID } from 'node:crypto';
import type { Scene } from './scene';

export const PLUGIN = 'pmta-watchtower-datasource';

/** Who signs in to Grafana, by the names that @grafana/plugin-e2e uses. */
const ADMIN = {
  login: process.env['GRAFANA_ADMIN_USER'] ?? 'admin',
  password: process.env['GRAFANA_ADMIN_PASSWORD'] ?? 'admin',
};

/** A role of Grafana's organisation. */
export type Role = 'Viewer' | 'Editor';

/** A person of Grafana. */
export interface Person {
  readonly login: string;
  readonly password: string;
}

/** Grafana's own HTTP API, called as one person. */
export class Grafana {
  constructor(
    readonly url: string,
    readonly person: Person,
  ) {}

  static fromEnvironment(): Grafana {
    const url = process.env['GRAFANA_URL'];
    if (!url) throw new Error('GRAFANA_URL is not set');
    return new Grafana(url.replace(/\/+$/, ''), ADMIN);
  }

  /** Value of the header that says who calls. */
  get authorization(): string {
    const { login, password } = this.person;
    return `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
  }

  async call(
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      headers: { Authorization: this.authorization, 'Content-Type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  /** Calls and gives the answer; throws what Grafana said where it refused. */
  async json<T>(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<T> {
    const response = await this.call(method, path, body, headers);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** Throws where the plugin cannot be used here, and says what to do. */
  async ready(): Promise<void> {
    const response = await this.call('GET', `/api/plugins/${PLUGIN}/settings`).catch((error: unknown) => {
      throw new Error(
        `Grafana does not answer at ${this.url}: start it with npm run grafana (${String(error)})`,
      );
    });
    if (response.status === 401)
      throw new Error(
        'Grafana knows another administrator: set GRAFANA_ADMIN_USER and GRAFANA_ADMIN_PASSWORD',
      );
    if (!response.ok)
      throw new Error(`the Grafana at ${this.url} has no plugin ${PLUGIN}: start it with npm run grafana`);
  }

  /** Adds a datasource of the plugin under a name of its own. */
  async addDatasource(api: Scene['api']): Promise<Scene['datasource']> {
    const { datasource } = await this.json<{ datasource: Scene['datasource'] }>('POST', '/api/datasources', {
      name: `Watchtower ${randomUUID().slice(0, 8)}`,
      type: PLUGIN,
      access: 'proxy',
      jsonData: { apiUrl: api.url },
      secureJsonData: { readKey: api.readKey, adminKey: api.adminKey },
    });
    const { uid, name } = datasource;
    return { uid, name };
  }

  async removeDatasource(uid: string): Promise<void> {
    await this.json('DELETE', `/api/datasources/uid/${uid}`);
  }

  /** A new person who has this role and nothing else, and how to take the person away again. */
  async addPerson(role: Role): Promise<{ grafana: Grafana; remove: () => Promise<void> }> {
    const person = { login: `e2e-${role.toLowerCase()}-${randomUUID().slice(0, 8)}`, password: randomUUID() };
    const { id } = await this.json<{ id: number }>('POST', '/api/admin/users', {
      ...person,
      name: person.login,
    });
    await this.json('PATCH', `/api/org/users/${id}`, { role });
    const remove = async () => void (await this.json('DELETE', `/api/admin/users/${id}`));
    return { grafana: new Grafana(this.url, person), remove };
  }

  /** Saves a dashboard and gives its uid. */
  async saveDashboard(dashboard: object): Promise<string> {
    const saved = await this.json<{ uid: string }>('POST', '/api/dashboards/db', {
      dashboard: { schemaVersion: 42, ...dashboard },
      overwrite: true,
    });
    return saved.uid;
  }

  async removeDashboard(uid: string): Promise<void> {
    await this.json('DELETE', `/api/dashboards/uid/${uid}`);
  }
}

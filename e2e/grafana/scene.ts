import { Api } from '../service';

/** What the tests of the suite share. */
export interface Scene {
  /** The service, and the keys that the datasource has. */
  readonly api: { readonly url: string; readonly readKey: string; readonly adminKey: string };
  readonly datasource: { readonly uid: string; readonly name: string };
  /** The generated day, epoch milliseconds: `from <= event time < to`. */
  readonly from: number;
  readonly to: number;
}

/** Tests run in processes of their own: what was set up reaches them through the environment. */
const VARIABLE = 'WATCHTOWER_E2E_SCENE';

export function remember(scene: Scene): void {
  process.env[VARIABLE] = JSON.stringify(scene);
}

export function scene(): Scene {
  const text = process.env[VARIABLE];
  if (text === undefined) throw new Error('the suite was not set up');
  return JSON.parse(text) as Scene;
}

/** The service itself, as Grafana is not asked: what it answers is what Grafana must show. */
export function service(): Api {
  const { url, adminKey } = scene().api;
  return new Api(url, adminKey === '' ? undefined : adminKey);
}

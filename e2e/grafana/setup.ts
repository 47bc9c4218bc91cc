import { readdirSync } from 'node:fs';
import { Site } from '../service';
import { Grafana } from './grafana';
import { remember, type Scene } from './scene';

/** Messages of the generated day: enough for every kind of event. */
const MESSAGES = 6000;

/**
 * What all tests stand on: a service with a generated day that ends now, and a datasource in the Grafana at GRAFANA_URL
 * that asks it. WATCHTOWER_API_URL names a service that runs already; its keys are WATCHTOWER_READ_KEY and
 * WATCHTOWER_ADMIN_KEY. What is given back takes all of it down.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  const grafana = Grafana.fromEnvironment();
  await grafana.ready();
  const { api, end } = process.env['WATCHTOWER_API_URL'] ? told(process.env) : await startService();
  try {
    const datasource = await grafana.addDatasource(api);
    remember({ api, datasource, ...generatedDay() });
    return async () => {
      await grafana.removeDatasource(datasource.uid);
      await end();
    };
  } catch (error) {
    await end();
    throw error;
  }
}

interface Started {
  api: Scene['api'];
  end: () => Promise<void>;
}

function told(env: NodeJS.ProcessEnv): Started {
  const {
    WATCHTOWER_API_URL: url = '',
    WATCHTOWER_READ_KEY: readKey = '',
    WATCHTOWER_ADMIN_KEY: adminKey = '',
  } = env;
  return { api: { url, readKey, adminKey }, end: () => Promise.resolve() };
}

async function startService(): Promise<Started> {
  const keys = { readKey: 'read-key-of-the-suite', adminKey: 'admin-key-of-the-suite' };
  const site = new Site({ WATCHTOWER_READ_KEY: keys.readKey, WATCHTOWER_ADMIN_KEY: keys.adminKey });
  const { code, stderr } = await site.run(['demo', '--messages', String(MESSAGES), '--seed', 'grafana']);
  if (code !== 0) throw new Error(`no day was generated: ${stderr}`);
  const files = readdirSync(site.drop).length;
  const service = await site.serve();
  const end = async () => {
    await service.stop();
    site.remove();
  };
  try {
    const loaded = await service.settled(files);
    const refused = loaded.filter(({ status }) => status !== 'loaded');
    if (refused.length > 0) throw new Error(`not loaded: ${JSON.stringify(refused)}`);
    return { api: { url: service.url, ...keys }, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The range that tests look at, in whole hours: the generated day, with what came late. */
function generatedDay(): { from: number; to: number } {
  const hour = 3_600_000;
  const to = Math.ceil(Date.now() / hour) * hour + hour;
  return { from: to - 36 * hour, to };
}

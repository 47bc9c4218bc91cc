import { expect, test } from '@grafana/plugin-e2e';
import type { Query, Rule } from '@grafana/grafana-foundation-sdk/alerting';
import { writeLogs } from '@pmta-watchtower/generator';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { alertRules, rules } from '../../provisioning/src/alerting';
import { contactPoint } from '../../scripts/contactPoint.cjs';
import { Site } from '../service';
import { Grafana } from './grafana';
import { restart } from './restart';
import { scene } from './scene';

const grafana = Grafana.fromEnvironment();

/** Without a provenance what was made can be taken away again. */
const EDITABLE = { 'X-Disable-Provenance': 'true' };

const HOUR = 3600;

const isAsked = ({ datasourceUid }: Query) => datasourceUid !== '__expr__';

/** What was written, of what Grafana gives: it adds defaults of its own. */
function asWritten(given: unknown, written: unknown): unknown {
  if (typeof written !== 'object' || written === null) return given;
  if (typeof given !== 'object' || given === null) return given;
  if (Array.isArray(written))
    return (given as unknown[]).map((each, index) => asWritten(each, written[index]));
  return Object.fromEntries(
    Object.entries(written)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, asWritten((given as Record<string, unknown>)[name], value)]),
  );
}

// Grafana ignores keys of a file that it does not know, in silence.
test('each rule is in Grafana what was written into its file, in the folder of the dashboards', async () => {
  const { meta } = await grafana.json<{ meta: { folderUid: string; folderTitle: string } }>(
    'GET',
    '/api/dashboards/uid/pmta-health',
  );
  expect(meta.folderTitle).toBe('PMTA Watchtower');
  for (const rule of rules) {
    const given = await grafana.json<Rule>('GET', `/api/v1/provisioning/alert-rules/${rule.uid ?? ''}`);
    // The file names the folder by its title.
    const written = { ...rule, folderUID: meta.folderUid };
    expect(asWritten(given, written)).toEqual(JSON.parse(JSON.stringify(written)));
    expect(given.keep_firing_for ?? '0s').toBe(rule.keep_firing_for ?? '0s');
  }
  for (const { name, interval } of alertRules.groups) {
    const group = await grafana.json<{ interval: number }>(
      'GET',
      `/api/v1/provisioning/folder/${meta.folderUid}/rule-groups/${name}`,
    );
    expect(`${group.interval}s`).toBe(interval);
  }
});

// A rule that cannot be evaluated keeps its last state, and nobody is told of anything again.
test('the queries and calculations of each rule are answered', async () => {
  const to = Date.now();
  for (const { uid, data } of rules) {
    const queries = data.map((query) => ({
      ...(query.model as object),
      refId: query.refId,
      datasource: isAsked(query)
        ? { uid: scene().datasource.uid }
        : { uid: '__expr__', type: '__expr__', name: 'Expression' },
    }));
    const { results } = await grafana.json<{ results: Record<string, { error?: string }> }>(
      'POST',
      '/api/ds/query',
      { from: String(to - 24 * HOUR * 1000), to: String(to), queries },
    );
    expect([uid, Object.keys(results).sort()]).toEqual([uid, data.map(({ refId }) => refId).sort()]);
    for (const [refId, { error }] of Object.entries(results))
      expect([uid, refId, error]).toEqual([uid, refId, undefined]);
  }
});

/** What Slack was told: title and text of each message. */
class Slack {
  readonly told: { title: string; text: string }[] = [];
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      const { attachments } = JSON.parse(body) as { attachments: { title: string; text: string }[] };
      this.told.push(...attachments.map(({ title, text }) => ({ title, text })));
      response.end('ok');
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  get titles(): string[] {
    return this.told.map(({ title }) => title);
  }
}

/** A port that nobody has just now: the service has to come back at the same address. */
async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

const THROTTLED = { kind: 'throttling', provider: 'gmail', vmta: 'VMTA-5', share: 0.8 } as const;

/** Eight hours of logs that end at `end` (epoch s), in which Gmail throttles a VMTA for 40 minutes. */
function logs(folder: string, end: number, seed: string) {
  const start = end - 8 * HOUR;
  const incident = { ...THROTTLED, start: start + 4 * HOUR, end: start + 4 * HOUR + 2400 };
  mkdirSync(folder, { recursive: true });
  return writeLogs(folder, {
    ...{ messages: 8000, seed, start, seconds: 8 * HOUR, until: end },
    ...{ incidents: [incident], prefix: `${seed}-` },
  });
}

test('an incident is told once and once when it is over, over outages and restarts; a month of old logs once', async ({
  page,
}) => {
  test.setTimeout(900_000);
  const slack = new Slack();
  const keys = { readKey: 'r-key', adminKey: 'a-key' };
  const site = new Site({
    WATCHTOWER_PORT: await freePort(),
    WATCHTOWER_READ_KEY: keys.readKey,
    WATCHTOWER_ADMIN_KEY: keys.adminKey,
  });
  let service = await site.serve();
  const datasource = await grafana.addDatasource({ url: service.url, ...keys });
  const name = `Slack ${randomUUID().slice(0, 8)}`;
  const url = await slack.listen();
  const [written] = contactPoint({ SLACK_WEBHOOK_URL: url }).file.contactPoints[0]?.receivers ?? [];
  const settings = { ...written?.settings, url };
  const receiver = await grafana.json<{ uid: string }>(
    'POST',
    '/api/v1/provisioning/contact-points',
    { name, type: 'slack', settings },
    EDITABLE,
  );
  const folder = await grafana.json<{ uid: string }>('POST', '/api/folders', { title: name });
  try {
    const own = rules
      .filter(({ ruleGroup }) => ruleGroup === 'incidents')
      .map((rule) => ({
        ...rule,
        uid: undefined,
        folderUID: folder.uid,
        data: rule.data.map((query) =>
          isAsked(query) ? { ...query, datasourceUid: datasource.uid } : query,
        ),
        notification_settings: { ...rule.notification_settings, receiver: name },
      }));
    await grafana.json(
      'PUT',
      `/api/v1/provisioning/folder/${folder.uid}/rule-groups/incidents`,
      { title: 'incidents', folderUid: folder.uid, interval: 10, rules: own },
      EDITABLE,
    );
    // A setting of notifications that is new can take a minute to hold.
    await sleep(60_000);

    const now = Math.floor(Date.now() / 1000);
    let files = (await logs(site.drop, now, 'today')).files.length;
    await expect.poll(() => slack.titles, { timeout: 90_000 }).toEqual(['🔴 Throttled at Gmail: VMTA-5']);

    // While it fires; then again while nobody answers its rules.
    await restart(grafana);
    await service.stop();
    if (!(await restart(grafana))) await sleep(25_000);
    expect(slack.titles).toHaveLength(1);
    service = await site.serve();
    await expect
      .poll(() => slack.titles, { timeout: 240_000 })
      .toEqual(['🔴 Throttled at Gmail: VMTA-5', '✅ Over: Throttled at Gmail: VMTA-5']);

    const [told] = slack.told;
    const address = new URL(/<(\S+)\|Dashboard>/.exec(told?.text ?? '')?.[1] ?? '');
    await page.goto(`${address.pathname}${address.search}`);
    await expect(page.getByText('gmail', { exact: true }).first()).toBeVisible();
    await expect(page.getByText('VMTA-5', { exact: true }).first()).toBeVisible();

    for (let days = 30; days >= 2; days--)
      files += (await logs(site.drop, now - days * 24 * HOUR, `before-${days}`)).files.length;
    await expect
      .poll(() => slack.titles.slice(2), { timeout: 180_000 })
      .toEqual(['🟠 Incidents of earlier days found']);
    await service.settled(files);
    await sleep(40_000);
    expect(slack.titles).toHaveLength(3);
  } finally {
    await grafana.json('DELETE', `/api/folders/${folder.uid}?forceDeleteRules=true`);
    await grafana.call('DELETE', `/api/v1/provisioning/contact-points/${receiver.uid}`);
    await grafana.removeDatasource(datasource.uid);
    await service.stop();
    site.remove();
    slack.close();
  }
});

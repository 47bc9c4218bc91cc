import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contactPoint, layOut } from '../../../scripts/contactPoint.cjs';
import { messages } from '.';
import { CONTACT_POINT } from './rule';

const SLACK = 'https://hooks.slack.example/services/T0/B0/a-secret';

const receivers = (env: NodeJS.ProcessEnv) => {
  const { file } = contactPoint(env);
  expect(file.contactPoints.map(({ name }) => name)).toEqual([CONTACT_POINT]);
  return file.contactPoints[0]?.receivers ?? [];
};

// Grafana does not start where a rule names a contact point that has no receiver.
test('with nothing set the service’s log of alerts is told, with its key where there is one', () => {
  expect(receivers({})).toMatchObject([
    { type: 'webhook', settings: { url: '$WATCHTOWER_API_URL/api/alerts/log' } },
  ]);
  expect(receivers({})[0]?.settings).not.toHaveProperty('authorization_credentials');
  const [withKey] = receivers({ WATCHTOWER_INGEST_KEY: 'i', WATCHTOWER_ADMIN_KEY: 'a' });
  expect(withKey?.settings).toMatchObject({
    authorization_scheme: 'Bearer',
    authorization_credentials: '$WATCHTOWER_INGEST_KEY',
  });
  expect(receivers({ WATCHTOWER_ADMIN_KEY: 'a' })[0]?.settings).toMatchObject({
    authorization_credentials: '$WATCHTOWER_ADMIN_KEY',
  });
});

test('each variable that is set is a receiver, and what an earlier start had is taken away', () => {
  const env = {
    SLACK_WEBHOOK_URL: SLACK,
    ALERT_WEBHOOK_URL: 'http://hook.example/x',
    ALERT_EMAIL: 'ops@a.example, b@a.example',
  };
  expect(receivers(env).map(({ type }) => type)).toEqual(['slack', 'webhook', 'email']);
  const gone = (set: NodeJS.ProcessEnv) => contactPoint(set).file.deleteContactPoints.map(({ uid }) => uid);
  expect(gone(env)).toEqual(['watchtower-log']);
  expect(gone({})).toEqual(['watchtower-slack', 'watchtower-webhook', 'watchtower-email']);
});

// Grafana refuses to start with any of them.
test.each([
  ['SLACK_WEBHOOK_URL', ''],
  ['SLACK_WEBHOOK_URL', ' '],
  ['SLACK_WEBHOOK_URL', 'hooks.slack.example/x'],
  ['SLACK_WEBHOOK_URL', ` ${SLACK}`],
  ['SLACK_WEBHOOK_URL', `${SLACK}\n`],
  ['ALERT_WEBHOOK_URL', 'ftp://a.example/'],
  ['ALERT_WEBHOOK_URL', 'http://'],
  ['ALERT_EMAIL', 'nobody'],
  ['ALERT_EMAIL', 'a@b.example,,'],
])('%s=%j is left out and the log takes its place', (name, value) => {
  const env = { [name]: value };
  expect(receivers(env)).toMatchObject([{ uid: 'watchtower-log' }]);
  expect(contactPoint(env).warnings).toHaveLength(value === '' ? 0 : 1);
});

test('the folder has what Grafana reads, and no secret in any file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchtower-grafana-'));
  try {
    const env = { SLACK_WEBHOOK_URL: SLACK, WATCHTOWER_ADMIN_KEY: 'the-admin-key' };
    layOut(layOut(folder, env), env);
    expect(readdirSync(folder).sort()).toEqual(['alerting', 'dashboards', 'datasources']);
    expect(readdirSync(join(folder, 'alerting')).sort()).toEqual([
      ...['contact-point.json', 'messages.json', 'rules.json'],
    ]);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    for (const { parentPath, name } of files) {
      const text = readFileSync(join(parentPath, name), 'utf8');
      expect(text).not.toContain('a-secret');
      expect(text).not.toContain('the-admin-key');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// A template that is not there is an empty message.
test('the templates that the message is made of are there', () => {
  const { settings } = receivers({ SLACK_WEBHOOK_URL: SLACK })[0] ?? {};
  const text = messages.templates[0]?.template ?? '';
  for (const [, name = ''] of Object.values(settings ?? {})
    .join('')
    .matchAll(/template "([\w.]+)"/g))
    expect(text).toContain(`define "${name}"`);
  expect(settings?.['text']).toContain('watchtower.slack');
});

'use strict';

// Runs in docker-compose.yml before everything else: makes the secrets of this installation where there are none, and lays
// out what ClickHouse and Grafana are configured with. Each folder is a volume that only those see who need it.

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { layOut } = require('./contactPoint.cjs');

const root = path.join(__dirname, '..');

/** Readable for the group that all containers share, for nobody else. */
const MODE = 0o640;

/** A secret that this installation has, or a new one. It can stand in a URL and in a header. */
function secret(file) {
  if (!fs.existsSync(file)) write(file, crypto.randomBytes(24).toString('base64url'));
  return fs.readFileSync(file, 'utf8');
}

/** Written as a whole: another start never sees half of it. */
function write(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, text, { mode: MODE });
  fs.renameSync(`${file}.new`, file);
}

/** The users of the ClickHouse server with the sums of their passwords. */
function users(passwords) {
  const template = fs.readFileSync(path.join(root, 'clickhouse/server/users.yaml'), 'utf8');
  return template.replace(/\{\{(writer|reader)\}\}/g, (_, user) =>
    crypto.createHash('sha256').update(passwords[user]).digest('hex'),
  );
}

/**
 * Lays out the volumes under `folder`: own/ (what the rest is made of), service/, grafana/, clickhouse/ and provisioning/.
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env says who is told of alerts, and may bring keys and Grafana's first password
 */
function setUp(folder, env) {
  const own = (name) => env[name] || secret(path.join(folder, 'own', name));
  const keys = Object.fromEntries(
    ['WATCHTOWER_READ_KEY', 'WATCHTOWER_INGEST_KEY', 'WATCHTOWER_ADMIN_KEY'].map((name) => [name, own(name)]),
  );
  const passwords = {
    writer: secret(path.join(folder, 'own', 'clickhouse-writer')),
    reader: secret(path.join(folder, 'own', 'clickhouse-reader')),
  };
  const url = (user) => `http://${user}:${passwords[user]}@clickhouse:8123`;
  const service = {
    ...keys,
    WATCHTOWER_CLICKHOUSE_URL: url('writer'),
    WATCHTOWER_CLICKHOUSE_READ_URL: url('reader'),
  };
  const grafana = { ...keys, GF_SECURITY_ADMIN_PASSWORD: own('GF_SECURITY_ADMIN_PASSWORD') };
  for (const [name, value] of Object.entries(service)) write(path.join(folder, 'service', name), value);
  for (const [name, value] of Object.entries(grafana)) write(path.join(folder, 'grafana', name), value);
  write(path.join(folder, 'clickhouse', 'users.yaml'), users(passwords));
  layOut(path.join(folder, 'provisioning'), { ...env, ...keys });
}

module.exports = { setUp };

if (require.main === module) setUp('/setup', process.env);

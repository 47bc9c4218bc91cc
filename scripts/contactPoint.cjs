'use strict';

// Lays out the folder that Grafana provisions itself from: the suite's files, and the contact point that its rules name.
// Grafana does not start where a rule names one that is not there, so there is always one, whatever is set. Which
// receivers it has follows from variables; their values stay in Grafana's own environment and are written nowhere.

const fs = require('node:fs');
const path = require('node:path');
const root = path.join(__dirname, '..');

const NAME = 'PMTA Watchtower';

/** Folders of provisioning/ that Grafana reads. */
const FOLDERS = ['alerting', 'dashboards', 'datasources'];

/** Where Grafana sends notifications, by the variable that says so. Grafana refuses to start with a wrong value: such a one is left out. */
const RECEIVERS = [
  {
    variable: 'SLACK_WEBHOOK_URL',
    wanted: 'an address (http:// or https://)',
    isRight: isAddress,
    receiver: {
      uid: 'watchtower-slack',
      type: 'slack',
      settings: {
        url: '$SLACK_WEBHOOK_URL',
        title: '{{ template "watchtower.title" . }}',
        text: '{{ template "watchtower.slack" . }}',
      },
    },
  },
  {
    variable: 'ALERT_WEBHOOK_URL',
    wanted: 'an address (http:// or https://)',
    isRight: isAddress,
    receiver: { uid: 'watchtower-webhook', type: 'webhook', settings: { url: '$ALERT_WEBHOOK_URL' } },
  },
  {
    variable: 'ALERT_EMAIL',
    wanted: 'mail addresses, parted by commas',
    isRight: (value) => value.split(',').every((each) => /^\s*[^\s@,;]+@[^\s@,;]+\s*$/.test(each)),
    receiver: { uid: 'watchtower-email', type: 'email', settings: { addresses: '$ALERT_EMAIL' } },
  },
];

/** The service's log of alerts, for where nobody else is told. */
function log(env) {
  const settings = { url: '$WATCHTOWER_API_URL/api/alerts/log' };
  const key = ['WATCHTOWER_INGEST_KEY', 'WATCHTOWER_ADMIN_KEY'].find((name) => env[name]);
  if (key) Object.assign(settings, { authorization_scheme: 'Bearer', authorization_credentials: `$${key}` });
  return { uid: 'watchtower-log', type: 'webhook', settings };
}

/**
 * The content of the contact point's file, and a line for each variable that is set and was left out.
 * @param {NodeJS.ProcessEnv} env
 */
function contactPoint(env) {
  const set = RECEIVERS.filter(({ variable }) => env[variable]);
  const right = set.filter(({ variable, isRight }) => isRight(env[variable]));
  const receivers = right.map(({ receiver }) => receiver);
  if (receivers.length === 0) receivers.push(log(env));
  return {
    file: { apiVersion: 1, contactPoints: [{ orgId: 1, name: NAME, receivers }], ...gone(receivers) },
    warnings: set
      .filter((each) => !right.includes(each))
      .map(({ variable, wanted }) => `${variable} is left out: it should be ${wanted}`),
  };
}

/** Receivers of an earlier start: Grafana keeps what is no longer in a file until a file deletes it. */
function gone(receivers) {
  const uids = [...RECEIVERS.map(({ receiver }) => receiver.uid), 'watchtower-log'];
  const kept = receivers.map(({ uid }) => uid);
  return {
    deleteContactPoints: uids.filter((uid) => !kept.includes(uid)).map((uid) => ({ orgId: 1, uid })),
  };
}

function isAddress(value) {
  return /^https?:\/\/[^\s/]+\S*$/.test(value) && URL.canParse(value);
}

/**
 * Lays out the folder and tells what was left out. What stood in it is removed.
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
function layOut(folder, env) {
  for (const name of FOLDERS) {
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
    fs.cpSync(path.join(root, 'provisioning', name), path.join(folder, name), { recursive: true });
  }
  const { file, warnings } = contactPoint(env);
  const place = path.join(folder, 'alerting', 'contact-point.json');
  fs.writeFileSync(place, `${JSON.stringify(file, null, 2)}\n`);
  for (const warning of warnings) console.error(warning);
  return folder;
}

module.exports = { contactPoint, layOut };

if (require.main === module) {
  const [folder] = process.argv.slice(2);
  if (!folder) {
    console.error('Usage: node scripts/contactPoint.cjs FOLDER (which Grafana provisions itself from)');
    process.exit(2);
  }
  layOut(folder, process.env);
}

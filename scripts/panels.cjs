'use strict';

// The workbench: a page that shows every built panel with stored rows of hard cases and with live answers.

const path = require('node:path');
const fs = require('node:fs');
const { PANELS, PLUGINS, bundle, metadataOf } = require('./plugin.cjs');
const { install, root } = require('./setup.cjs');

/** The script of the page, for `servePage`: every panel with its scenes. */
function workbenchScript() {
  const shown = PANELS.filter((folder) => fs.existsSync(path.join(root, folder, 'workbench.ts')));
  const imports = shown.map((folder, i) => `import { scenes as s${i} } from './${folder}/workbench';`);
  const entries = shown.map((folder, i) => `${JSON.stringify(metadataOf(folder).id)}: s${i}`);
  return `${imports.join('\n')}\nimport { start } from './grafana-panels/workbench/host';\nstart({ ${entries.join(', ')} });`;
}

async function main() {
  install('everything');
  PLUGINS.forEach(bundle);
  const { servePage } = require('./page.cjs');
  const { url } = await servePage({
    script: workbenchScript(),
    api: process.env.WATCHTOWER_API_URL ?? `http://127.0.0.1:${process.env.WATCHTOWER_PORT ?? 8686}`,
    key: process.env.WATCHTOWER_ADMIN_KEY,
    port: Number(process.env.PANELS_PORT ?? 8687),
  });
  console.log(`The panels stand at ${url}`);
}

module.exports = { workbenchScript };
if (require.main === module) void main();

'use strict';

// Writes what Grafana reads from provisioning/src: the dashboards. A test fails where a file is not up to date.

const fs = require('node:fs');
const path = require('node:path');
const { build, root } = require('./setup.cjs');

build('provisioning');
const { provisionedFiles } = require('../provisioning/dist');
for (const { path: place, text } of provisionedFiles()) {
  const file = path.join(root, 'provisioning', place);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) fs.writeFileSync(file, text);
}

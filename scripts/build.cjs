'use strict';

// Builds everything: the service, and each Grafana plugin whole in its own dist/.

const path = require('node:path');
const { buildBackend } = require('./plugin.cjs');
const { SERVICE, build, bundle, hasGo, install, root } = require('./setup.cjs');

/** Platforms that the datasource's backend is built for. */
const PLATFORMS = [
  ['linux', 'amd64'],
  ['linux', 'arm64'],
];

install('everything');
build(...SERVICE, 'bench');
bundle(path.join(root, 'grafana-datasource'));
if (hasGo()) for (const [os, arch] of PLATFORMS) buildBackend(os, arch);
else
  console.error(
    'Go is not installed: the backend of the datasource was not built (see https://go.dev/doc/install).',
  );

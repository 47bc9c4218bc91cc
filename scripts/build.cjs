'use strict';

// Builds everything: the service, and each Grafana plugin whole in its own dist/.

const { PLUGINS, buildBackend, bundle, hasGo } = require('./plugin.cjs');
const { SERVICE, build, install } = require('./setup.cjs');

/** Platforms that the datasource's backend is built for. */
const PLATFORMS = [
  ['linux', 'amd64'],
  ['linux', 'arm64'],
];

install('everything');
build(...SERVICE, 'bench');
PLUGINS.forEach(bundle);
if (hasGo()) for (const [os, arch] of PLATFORMS) buildBackend(os, arch);
else
  console.error(
    'Go is not installed: the backend of the datasource was not built (see https://go.dev/doc/install).',
  );

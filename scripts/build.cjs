'use strict';

// Builds everything: the service, and each Grafana plugin whole in its own dist/.

const fs = require('node:fs');
const path = require('node:path');
const { SERVICE, build, bundle, hasGo, install, root, run } = require('./setup.cjs');

const DATASOURCE = path.join(root, 'grafana-datasource');

/** Platforms that the datasource's backend is built for. */
const PLATFORMS = [
  ['linux', 'amd64'],
  ['linux', 'arm64'],
];

install('everything');
build(...SERVICE, 'bench');
bundle(DATASOURCE);
if (hasGo()) for (const [os, arch] of PLATFORMS) backend(DATASOURCE, os, arch);
else
  console.error(
    'Go is not installed: the backend of the datasource was not built (see https://go.dev/doc/install).',
  );

function backend(folder, os, arch) {
  const { executable } = JSON.parse(fs.readFileSync(path.join(folder, 'src/plugin.json'), 'utf8'));
  const file = path.join('dist', `${executable}_${os}_${arch}`);
  run('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', file, './pkg'], {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: '0', GOOS: os, GOARCH: arch },
  });
}

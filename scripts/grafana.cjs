'use strict';

// Starts the Grafana that is installed here with this suite's plugins and dashboards; Ctrl+C stops it, SIGUSR2 starts it anew.

const fs = require('node:fs');
const path = require('node:path');
const { spawn, spawnSync } = require('node:child_process');
const { layOut } = require('./contactPoint.cjs');
const { PLUGINS, metadataOf } = require('./plugin.cjs');
const { root } = require('./setup.cjs');

const grafana = findGrafana();
if (!grafana) {
  console.error(
    [
      'There is no Grafana here: set GRAFANA_HOME to the folder of an unpacked Grafana 13.1 or later, or put `grafana` on the PATH.',
      'Grafana is at https://grafana.com/grafana/download. For one that runs already, see "How to see dashboards" in README.md.',
    ].join('\n'),
  );
  process.exit(1);
}
build();
const data = path.join(root, 'data', 'grafana');
const plugins = linkPlugins(path.join(data, 'plugins'));
const address = process.env.GF_SERVER_HTTP_ADDR ?? '127.0.0.1';
const port = process.env.GF_SERVER_HTTP_PORT ?? '3000';
const own = {
  WATCHTOWER_API_URL: `http://127.0.0.1:${process.env.WATCHTOWER_PORT ?? 8686}`,
  WATCHTOWER_DASHBOARDS: path.join(root, 'provisioning', 'dashboards', 'json'),
};
console.log(
  `Grafana starts at http://${address}:${port} (first sign-in: admin / admin, then it asks for a password of your own)`,
);
let child;
let again = false;
start();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
// Tests of what survives a restart ask for one.
process.on('SIGUSR2', () => {
  again = true;
  child.kill('SIGTERM');
});

function start() {
  again = false;
  child = spawn(grafana.program, ['server', ...(grafana.home ? ['--homepath', grafana.home] : [])], {
    stdio: 'inherit',
    cwd: grafana.home ?? root,
    env: {
      GF_PATHS_DATA: data,
      GF_PATHS_LOGS: path.join(data, 'log'),
      GF_PATHS_PLUGINS: plugins,
      GF_PATHS_PROVISIONING: layOut(path.join(data, 'provisioning'), process.env),
      // The plugins are built here, so nobody has signed them.
      GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: PLUGINS.map((folder) => metadataOf(folder).id).join(','),
      GF_SERVER_HTTP_ADDR: address,
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_LOG_LEVEL: 'warn',
      ...own,
      ...process.env,
    },
  });
  child.on('exit', (code) => (again ? start() : process.exit(code ?? 1)));
}

/** The program and, where it is known, the folder that its own files stand in. */
function findGrafana() {
  const home = process.env.GRAFANA_HOME;
  if (home) {
    const program = ['bin/grafana', 'bin/linux-amd64/grafana', 'bin/grafana.exe']
      .map((file) => path.join(home, file))
      .find((file) => fs.existsSync(file));
    return program && { program, home };
  }
  return spawnSync('grafana', ['--version'], { stdio: 'ignore' }).status === 0
    ? { program: 'grafana' }
    : undefined;
}

/** Builds the plugins where one of them was never built whole. */
function build() {
  const whole = PLUGINS.every((folder) => fs.existsSync(path.join(root, folder, 'dist', 'module.js')));
  if (!whole) spawnSync(process.execPath, [path.join(__dirname, 'build.cjs')], { stdio: 'inherit' });
}

/** One folder with a link to each plugin's build, as Grafana looks into one folder alone. */
function linkPlugins(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const plugin of PLUGINS)
    fs.symlinkSync(path.join(root, plugin, 'dist'), path.join(folder, metadataOf(plugin).id), 'dir');
  return folder;
}

'use strict';

// The datasource's backend: how it is built, and how it is spoken to as Grafana does.

const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { spawn } = require('node:child_process');
const { hasGo, root, run } = require('./setup.cjs');

const FOLDER = path.join(root, 'grafana-datasource');

/** What Go calls this machine. */
const HERE = [process.platform, { x64: 'amd64' }[process.arch] ?? process.arch];

function binaryOf(os, arch) {
  const { executable } = JSON.parse(fs.readFileSync(path.join(FOLDER, 'src/plugin.json'), 'utf8'));
  return path.join(FOLDER, 'dist', `${executable}_${os}_${arch}`);
}

/** Builds the backend into the plugin's dist/, for this machine or another. Needs Go. */
function buildBackend(os = HERE[0], arch = HERE[1]) {
  run('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', binaryOf(os, arch), './pkg'], {
    cwd: FOLDER,
    // Standard output is for counts.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, CGO_ENABLED: '0', GOOS: os, GOARCH: arch },
  });
}

/** Starts the built backend under the host of grafana-datasource/host. Throws where it was not built. */
function openHost() {
  const binary = binaryOf(...HERE);
  if (!fs.existsSync(binary)) throw new Error(`${path.relative(root, binary)} is not there: npm run build`);
  return new Host(
    spawn('go', ['run', './host', binary], { cwd: FOLDER, stdio: ['pipe', 'pipe', 'inherit'] }),
  );
}

/** Calls to the backend, as many at a time as one likes. */
class Host {
  #child;
  #ended;
  #waiting = new Map();
  #calls = 0;

  constructor(child) {
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    // A call that is written after the end is told of by the end itself.
    child.stdin.on('error', () => undefined);
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      const { id, result, error } = JSON.parse(line);
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    });
    void this.#ended.then((code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the host ended with ${code}`));
    });
  }

  /** Makes one call, as host/calls.go has them. Rejects with what the plugin protocol said. */
  call(call, params) {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ id, call, params })}\n`);
    });
  }

  /** Ends the backend; gives how the host ended. */
  close() {
    this.#child.stdin.end();
    return this.#ended;
  }
}

module.exports = { hasGo, buildBackend, openHost };

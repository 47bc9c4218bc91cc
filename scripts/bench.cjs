'use strict';

const { PANELS, buildBackend, bundle, hasGo } = require('./plugin.cjs');
const { SERVICE, build, install, root, run } = require('./setup.cjs');
const path = require('node:path');

install('everything');
build(...SERVICE, 'bench');
PANELS.forEach(bundle);
if (hasGo()) buildBackend();
run(process.execPath, [path.join(root, 'bench/dist/main.js'), ...process.argv.slice(2)], {
  env: { UV_THREADPOOL_SIZE: '24', ...process.env },
});

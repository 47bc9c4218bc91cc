'use strict';

const { buildBackend, hasGo } = require('./plugin.cjs');
const { SERVICE, build, install, root, run } = require('./setup.cjs');
const path = require('node:path');

install('everything');
build(...SERVICE, 'bench');
if (hasGo()) buildBackend();
run(process.execPath, [path.join(root, 'bench/dist/main.js'), ...process.argv.slice(2)], {
  env: { UV_THREADPOOL_SIZE: '24', ...process.env },
});

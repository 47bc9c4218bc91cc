#!/usr/bin/env node
'use strict';

// The embedded engine's queries each hold a thread of libuv's pool. The pool reads its size when it is first
// used, so this stands before anything that could use it; with the default of 4, file system calls wait
// behind heavy queries for seconds.
process.env.UV_THREADPOOL_SIZE ??= '24';

const fs = require('node:fs');
const path = require('node:path');

const main = path.join(__dirname, '..', 'dist', 'cli', 'main.js');
if (!fs.existsSync(main)) {
  process.stderr.write('watchtower is not built yet: run "npm start", or "npm run build" after "npm ci"\n');
  process.exit(1);
}
require(main);

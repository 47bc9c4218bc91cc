'use strict';

const { SERVICE, build, install, watchtower } = require('./setup.cjs');

install('service');
build(...SERVICE);
watchtower('demo', ...process.argv.slice(2));

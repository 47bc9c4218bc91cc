'use strict';

const { SERVICE, build, install, watchtower } = require('./setup.cjs');

install('service');
build(...SERVICE);
watchtower('serve');

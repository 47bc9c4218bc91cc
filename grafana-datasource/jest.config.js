// force timezone to UTC to allow tests to work regardless of local timezone
// generally used by snapshots, but can affect specific tests
process.env.TZ = 'UTC';

const scaffold = require('./.config/jest.config');
const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils');

const [[, compiler]] = Object.entries(scaffold.transform);

module.exports = {
  // Jest configuration provided by Grafana scaffolding
  ...scaffold,
  // Packages that are ES modules alone, some of them in files named .mjs.
  transform: { ...scaffold.transform, '^.+\\.mjs$': compiler },
  transformIgnorePatterns: [nodeModulesToTransform([...grafanaESModules, 'd3-.*', '@grafana/i18n'])],
};

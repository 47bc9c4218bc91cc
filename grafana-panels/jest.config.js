const datasource = require('../grafana-datasource/jest.config');
const { grafanaESModules, nodeModulesToTransform } = require('../grafana-datasource/.config/jest/utils');

module.exports = {
  ...datasource,
  modulePaths: [],
  setupFilesAfterEnv: ['<rootDir>/../grafana-datasource/jest-setup.js', '<rootDir>/jest-setup.js'],
  testMatch: ['<rootDir>/{shared,*/src}/**/*.test.{ts,tsx}'],
  transformIgnorePatterns: [nodeModulesToTransform([...grafanaESModules, 'd3-.*', 'internmap', '@grafana/i18n'])],
};

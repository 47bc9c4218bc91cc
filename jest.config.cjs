/** Packages that are ES modules alone: the tests' own module system takes them as CommonJS. */
const ES_MODULES = ['hyparquet', 'hyparquet-writer', '@seriousme/openapi-schema-validator'].join('|');

/** @type {import('jest').Config} */
module.exports = {
  testMatch: [
    '<rootDir>/{generator,ingester,bench,provisioning}/src/**/*.test.ts',
    '<rootDir>/e2e/**/*.test.ts',
  ],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
    [`/node_modules/(${ES_MODULES})/.*\\.js$`]: [
      '@swc/jest',
      { jsc: { parser: { syntax: 'ecmascript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES})/)`],
  moduleNameMapper: {
    '^@pmta-watchtower/generator$': '<rootDir>/generator/src/index.ts',
    '^@pmta-watchtower/ingester$': '<rootDir>/ingester/src/index.ts',
  },
  modulePathIgnorePatterns: ['/dist/'],
  testTimeout: 60000,
  maxWorkers: 2,
};

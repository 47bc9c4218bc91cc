/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/{generator,ingester,bench}/src/**/*.test.ts', '<rootDir>/e2e/**/*.test.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: {
    '^@pmta-watchtower/generator$': '<rootDir>/generator/src/index.ts',
    '^@pmta-watchtower/ingester$': '<rootDir>/ingester/src/index.ts',
  },
  modulePathIgnorePatterns: ['/dist/'],
  testTimeout: 60000,
  maxWorkers: 2,
};

import { existsSync } from 'node:fs';

if (
  !process.execArgv
    .concat(process.env.NODE_OPTIONS ?? '')
    .some((option) => option.includes('--experimental-vm-modules'))
)
  throw new Error('jest needs Node to run with --experimental-vm-modules: use `npm test -- <jest arguments>`');

// Tests, and what lies beside them, are read as sources. Of all else, and of what jest itself loads, they get what is built.
const jestParts = `${import.meta.dirname}/tests/dist/jest`;
if (!existsSync(jestParts))
  throw new Error('The test support is not built: use `npm test -- <jest arguments>`, or `npm run build` first');

const seconds = 1000;

const ofProduct = '(?:packages|services|examples)/[^/]+|prisma|standalone';

const everyProject = {
  // Outlives the temporary folder of a run.
  cacheDirectory: `${import.meta.dirname}/node_modules/.cache/jest`,
  testEnvironment: `${jestParts}/leak-guard-environment.js`,
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, sourceMaps: 'inline' }],
    [`/(?:${ofProduct})/dist/.+\\.js$`]: `${jestParts}/past-jest-transform.js`,
    '/node_modules/zod/.+\\.js$': `${jestParts}/past-jest-transform.js`,
  },
  // One zod for schemas of both sides.
  transformIgnorePatterns: ['/node_modules/(?!zod/)'],
  moduleNameMapper: {
    [`^(?:\\.\\./)+(${ofProduct})/src/(.*\\.js)$`]: '<rootDir>/$1/dist/$2',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/.sandgate/'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/generated/'],
  setupFilesAfterEnv: ['<rootDir>/tests/support/jest/refuse-network.ts', '<rootDir>/tests/support/jest/set-timeout.ts'],
};

// The services' own statements are tried on the oldest PostgreSQL that Sandgate runs on, the built services on the newest.
const project = (displayName, { tests, timeoutSeconds, setup, postgresVersion }) => ({
  ...everyProject,
  displayName,
  testMatch: tests.map((pattern) => `<rootDir>/${pattern}`),
  testEnvironmentOptions: {
    testTimeoutMs: timeoutSeconds * seconds,
    ...(postgresVersion && { postgresVersion }),
  },
  ...(setup && { globalSetup: `${jestParts}/${setup}.js`, globalTeardown: `${jestParts}/teardown.js` }),
});

export default {
  // For two cores: of three files, one mostly waits for a broker, a browser or a process. jest would take one, and run the tests in its own process.
  maxWorkers: 3,
  // What a test file has loaded is never quite given back, and a process of two gigabytes is a slow one.
  workerIdleMemoryLimit: '500MB',
  testSequencer: `${jestParts}/longest-first.js`,
  reporters: [
    'default',
    ...(process.env.SANDGATE_TEST_COUNTS
      ? [[`${jestParts}/counts-reporter.js`, { file: process.env.SANDGATE_TEST_COUNTS }]]
      : []),
  ],
  projects: [
    project('unit', {
      tests: ['{packages,services,examples}/*/src/**/*.test.ts', '{standalone,prisma}/src/**/*.test.ts'],
      timeoutSeconds: 60,
    }),
    project('contract', { tests: ['tests/contract/**/*.test.ts'], timeoutSeconds: 60 }),
    project('architecture', {
      tests: ['tests/architecture/**/*.test.ts'],
      timeoutSeconds: 60,
    }),
    project('support', {
      tests: ['tests/support/**/*.test.ts'],
      timeoutSeconds: 120,
      setup: 'support-setup',
      postgresVersion: 'newest',
    }),
    project('integration', {
      tests: ['tests/integration/**/*.test.ts'],
      timeoutSeconds: 60,
      setup: 'integration-setup',
      postgresVersion: 'oldest',
    }),
    project('messaging', {
      tests: ['tests/messaging/**/*.test.ts'],
      timeoutSeconds: 120,
      setup: 'messaging-setup',
      postgresVersion: 'oldest',
    }),
    project('journey', { tests: ['tests/journeys/**/*.test.ts'], timeoutSeconds: 120, setup: 'journey-setup' }),
    project('resilience', {
      tests: ['tests/resilience/**/*.test.ts'],
      timeoutSeconds: 240,
      setup: 'resilience-setup',
      postgresVersion: 'newest',
    }),
  ],
};

// The import rules. tests/architecture plants a violation of each and expects it to be caught by its name.
const own = '^(packages|services|prisma|standalone|examples|tests)/';
const source = '^(packages|services|standalone|examples)/';
const entry = '^services/[^/]+/src/(main|service)[.]ts$';
const tests = '[.]test[.]ts$|^tests/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'contracts-depend-on-nothing-of-ours',
      severity: 'error',
      from: { path: '^packages/contracts/' },
      to: { path: own, pathNot: '^packages/contracts/' },
    },
    {
      name: 'messaging-depends-on-contracts-only',
      severity: 'error',
      from: { path: '^packages/messaging/', pathNot: tests },
      to: { path: own, pathNot: '^packages/(messaging|contracts)/' },
    },
    {
      name: 'service-kit-depends-on-contracts-and-messaging-only',
      severity: 'error',
      from: { path: '^packages/service-kit/', pathNot: tests },
      to: { path: own, pathNot: '^packages/' },
    },
    {
      name: 'packages-never-import-services',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(services|standalone|examples)/' },
    },
    {
      name: 'services-are-islands',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^(services|standalone|examples|prisma)/', pathNot: '^services/$1/' },
    },
    {
      name: 'the-sample-application-depends-on-nothing-of-ours',
      severity: 'error',
      from: { path: '^examples/host-app/' },
      to: { path: own, pathNot: '^examples/host-app/' },
    },
    {
      name: 'doors-are-opened-by-service-only',
      severity: 'error',
      from: { path: '^services/[^/]+/src/', pathNot: ['^services/[^/]+/src/(http|events|questions)/', entry] },
      to: { path: '^services/[^/]+/src/(http|events|questions)/' },
    },
    {
      name: 'only-stores-touch-the-database',
      severity: 'error',
      from: {
        path: source,
        pathNot: ['-store[.]ts$', '/database[.]ts$', '/generated/', entry, tests],
      },
      to: { path: '/generated/prisma/' },
    },
    {
      name: 'decisions-are-pure',
      severity: 'error',
      from: { path: '^[^/]+/([^/]+)/.*/(decide|diff|compile|merge)-[^/]+[.]ts$', pathNot: tests },
      to: {
        path: [
          '/generated/',
          '-store[.]ts$',
          '^packages/(messaging|service-kit)/',
          '^(fs|net|http|https|child_process)(/|$)',
        ],
        pathNot: '^packages/$1/',
      },
    },
    {
      name: 'only-messaging-speaks-amqp',
      severity: 'error',
      from: { path: own, pathNot: ['^packages/messaging/', tests] },
      to: { path: '(^|/)node_modules/amqplib/|^amqplib$' },
    },
    {
      name: 'only-the-http-frame-uses-express',
      severity: 'error',
      from: { path: own, pathNot: ['^packages/service-kit/', '^examples/host-app/', tests] },
      to: { path: '(^|/)node_modules/express/|^express$' },
    },
    {
      name: 'production-never-imports-tests',
      severity: 'error',
      from: { path: source, pathNot: tests },
      to: { path: tests },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'every-import-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: ['node_modules', '/dist/', '/generated/'] },
    exclude: { path: ['/dist/', '[.]sandgate/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      // Our packages resolve to their sources.
      conditionNames: ['sandgate-source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs'],
    },
  },
};

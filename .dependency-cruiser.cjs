/** Who may import whom. `npm run check` runs this; docs/decisions/0001-shape.md gives the reasons. */
const SERVICES =
  '(ingest|onboarding|measurement|audit|gateway|identity|console|platform|simulator|stack|cli|runtime)';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'schemas-import-nothing-of-ours',
      severity: 'error',
      from: { path: '^schemas/' },
      to: { path: '^(workflows|services|test)/' },
    },
    {
      name: 'workflows-import-schemas-only',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^(services|test)/' },
    },
    {
      name: 'workflows-stay-in-the-sandbox',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'domain-is-pure',
      comment: 'a domain folder imports schemas, its own domain, and libraries that do no IO',
      severity: 'error',
      from: { path: '^services/[^/]+/domain/' },
      to: { path: '^(services/[^/]+/(adapters|main)|services/runtime|workflows|test)' },
    },
    {
      name: 'domain-does-no-io',
      severity: 'error',
      from: { path: '^services/[^/]+/domain/' },
      to: { dependencyTypes: ['core'], pathNot: '^(crypto|node:crypto)$' },
    },
    {
      name: 'no-service-imports-another',
      comment:
        'cli, stack, simulator, bench and the gateway (for its reading) reach a service through its index.ts; runtime is everybody’s',
      severity: 'error',
      from: { path: `^services/${SERVICES}/`, pathNot: '^services/(cli|stack|simulator|gateway)/' },
      to: { path: '^services/', pathNot: ['^services/$1/', '^services/runtime/'] },
    },
    {
      name: 'guests-use-the-index',
      severity: 'error',
      from: { path: '^services/(cli|stack|simulator|gateway)/' },
      to: {
        path: '^services/',
        pathNot: ['^services/$1/', '^services/runtime/', '^services/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'only-the-adapter-knows-kafkajs',
      severity: 'error',
      from: { pathNot: '^(services/runtime/kafka|test/unit/runtime/kafka|test/bench/)' },
      to: { path: 'node_modules/kafkajs' },
    },
    {
      name: 'console-imports-schemas-only',
      comment: 'what runs in the browser knows the product by its HTTP interface alone',
      severity: 'error',
      from: { path: '^services/console/src/' },
      to: { path: '^(workflows|services|test)/', pathNot: '^services/console/src/' },
    },
    { name: 'nothing-imports-tests', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};

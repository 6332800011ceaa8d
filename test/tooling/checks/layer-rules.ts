import type { IRegularForbiddenRuleType } from 'dependency-cruiser';

/** Libraries without I/O; the domain of a service may stand on them. */
const PURE = '^libs/(kernel|policy|disclosure|places|merkle)/';
const PURE_SOURCE = '^libs/(kernel|policy|disclosure|places|merkle)/src/';
/** Tests, contract suites, and what only they use. */
const TESTS = ['\\.test\\.ts$', '[./]testing\\.ts$', '/testing/', '/contract\\.ts$', '/contract-[^/]+$'];
/** Node modules that only compute. The names are those of dependency-cruiser, which drops `node:` where it can. */
const COMPUTING = '^(node:)?(assert|buffer|crypto|util)$';
/** What runs in the same room as the wire, the topics and the clock: a service's edges. */
const EDGES = '^services/[^/]+/src/(rpc|events|projections|jobs|channels)(/|\\.ts$)';

/** A rule that stops the build. */
const rule = (name: string, comment: string, from: IRegularForbiddenRuleType['from'], to: IRegularForbiddenRuleType['to']): IRegularForbiddenRuleType => ({
  name,
  comment,
  severity: 'error',
  from,
  to,
});

/** Imports point one way: main -> service -> rpc, events, projections, jobs, channels -> application -> domain -> libs. */
const rooms: readonly IRegularForbiddenRuleType[] = [
  rule('nobody-imports-main', 'main.ts starts a process; what others need of it belongs in service.ts.', {}, { path: '^services/[^/]+/src/main\\.ts$' }),
  rule(
    'service-is-the-root',
    'service.ts wires the rooms; no room may know how it is wired.',
    { path: '^services/[^/]+/src/', pathNot: ['^services/[^/]+/src/(main|service|index)\\.ts$', '^services/standalone/', ...TESTS] },
    { path: '^services/[^/]+/src/service\\.ts$' },
  ),
  rule(
    'application-knows-no-edge',
    'A use case knows neither wire, topics, read models nor channels; hand it what it needs.',
    { path: '^services/[^/]+/src/application/', pathNot: TESTS },
    { path: EDGES },
  ),
  rule(
    'routes-come-last',
    'The gateway derives from the contracts, keeps sessions, passes gRPC on and calls the node without knowing its routes.',
    { path: '^services/gateway/src/(contract|door|node|openapi|session)/', pathNot: TESTS },
    { path: '^services/gateway/src/http/' },
  ),
  rule(
    'door-stands-alone',
    'What passes gRPC on knows the contracts and the node, and nothing of HTTP and its sessions.',
    { path: '^services/gateway/src/door/', pathNot: TESTS },
    { path: '^services/gateway/src/', pathNot: '^services/gateway/src/(contract|door|node)/' },
  ),
  rule(
    'domain-is-pure',
    'The domain imports itself, kernel, policy, disclosure, places and merkle, and nothing else.',
    { path: '^(services/[^/]+/src/domain/)', pathNot: TESTS },
    { pathNot: ['^$1', PURE], couldNotResolve: false },
  ),
];

/** Who may know whom across packages. */
const packages: readonly IRegularForbiddenRuleType[] = [
  rule(
    'service-imports-no-service',
    'Services meet in contracts and in the log; only standalone imports them.',
    { path: '^services/([^/]+)/', pathNot: '^services/standalone/' },
    { path: '^services/', pathNot: '^services/$1/' },
  ),
  rule('libs-import-no-service', 'A library serves services; it never knows one, nor the tests across them.', { path: '^libs/' }, { path: '^(services|test)/' }),
  rule('services-import-no-tests', 'What crosses services is tested from outside.', { path: '^services/' }, { path: '^test/' }),
  rule('kernel-stands-alone', 'The kernel depends on no other library.', { path: '^libs/kernel/' }, { path: '^(libs|services|test)/', pathNot: '^libs/kernel/' }),
  rule('contracts-stand-alone', 'Contracts are generated and know nothing of us.', { path: '^libs/contracts/' }, { path: '^(libs|services|test)/', pathNot: '^libs/contracts/' }),
  rule(
    'pure-libs-stay-pure',
    'kernel, policy, disclosure, places and merkle import one another only.',
    { path: PURE_SOURCE, pathNot: TESTS },
    { path: '^libs/', pathNot: PURE },
  ),
  rule(
    'pure-libs-do-no-io',
    'No files, network, clock or threads in a pure library.',
    { path: PURE_SOURCE, pathNot: TESTS },
    { dependencyTypes: ['core'], pathNot: COMPUTING },
  ),
  rule(
    'pure-libs-speak-to-nobody',
    'No transport, driver or server framework in a pure library.',
    { path: PURE_SOURCE, pathNot: TESTS },
    { path: 'node_modules/(\\.pnpm/)?(@grpc|@platformatic|@opentelemetry|kafkajs|mongodb|express|undici|ws|pino)([/@+]|$)' },
  ),
  rule(
    'telemetry-alone-exports',
    'libs/telemetry alone knows the SDK of OpenTelemetry and pino; what it offers takes only names of its registry.',
    { path: '^(libs|services)/', pathNot: ['^libs/telemetry/', ...TESTS] },
    { path: 'node_modules/(\\.pnpm/)?(@opentelemetry[/+](?!api[/@])|pino[/@])' },
  ),
  rule(
    'the-api-is-for-the-sdk-of-partners',
    'Only the client, which stands in the processes of others, takes up the trace that is active there; all else asks libs/telemetry.',
    { path: '^(libs|services)/', pathNot: ['^libs/(telemetry|client)/', ...TESTS] },
    { path: 'node_modules/(\\.pnpm/)?@opentelemetry[/+]api[/@]' },
  ),
  rule(
    'packages-meet-at-their-door',
    'Import another package by its name, so that its `exports` decide what is public.',
    { path: '^((?:libs|services|test)/[^/]+)/' },
    { path: '^(libs|services)/', pathNot: '^$1/', dependencyTypes: ['local'] },
  ),
];

/** What runs in a browser. */
const browser: readonly IRegularForbiddenRuleType[] = [
  rule(
    'console-is-for-browsers',
    'The console runs in a browser: of this tree it knows the contracts by their types, the list of countries, and itself.',
    { path: '^services/gateway/console/src/' },
    { path: '^(libs|services|test)/', pathNot: ['^services/gateway/console/src/', '^libs/contracts/src/', '^libs/places/src/countries\\.ts$'] },
  ),
  rule('console-has-no-node', 'A browser has no modules of Node.', { path: '^services/gateway/console/src/', pathNot: TESTS }, { dependencyTypes: ['core'] }),
];

const everywhere: readonly IRegularForbiddenRuleType[] = [
  rule('everything-resolves', 'An import that cannot be resolved is one no rule can see.', {}, { couldNotResolve: true }),
  rule('no-circles', 'Two files that need each other have one subject, or one subject too many.', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
];

/** The layer rule of the workspace: every way an import may not point. */
export const LAYER_RULES: readonly IRegularForbiddenRuleType[] = [...rooms, ...packages, ...browser, ...everywhere];

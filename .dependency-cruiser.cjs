// Import boundaries and cycles (style: levels of modules, packages know nothing of apps). `npm run check` runs it
// and fails too when it has read suspiciously few modules: a parser that silently reads nothing must not pass.
const modulesAt = [
  ['accounts', 'access', 'audit', 'settings'],
  ['mpi', 'nodes'],
  ['orders'],
  ['archive'],
  ['media', 'reports', 'routing'],
  ['share', 'notify', 'portal', 'protect', 'rights', 'operations', 'trail'],
];
const pathOf = (names) => `^apps/server/src/modules/(${names.join('|')})/`;

const upward = modulesAt.slice(0, -1).map((names, level) => ({
  name: `level-${level}-imports-upward`,
  comment: 'A module imports only lower levels; upward news is an outbox event (docs/adr/0002-house.md).',
  severity: 'error',
  from: { path: pathOf(names), pathNot: '\\.test\\.ts$' },
  to: { path: pathOf(modulesAt.slice(level + 1).flat()) },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Cycles that exist at run time; two files may name each other in types.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...upward,
    {
      name: 'dimse-door-knows-no-service',
      comment: 'The door gets its services from modules/index.ts (docs/adr/0011-one-dimse-door.md).',
      severity: 'error',
      from: { path: '^apps/server/src/dimse/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: {
        path: '^apps/server/src/modules/',
        pathNot: '^apps/server/src/modules/(nodes|audit|access)/index\\.ts$',
      },
    },
    {
      name: 'module-through-index',
      comment: 'Another module is used through its index.ts only.',
      severity: 'error',
      from: { path: '^apps/server/src/modules/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^apps/server/src/modules/([^/]+)/',
        pathNot: ['^apps/server/src/modules/$1/', '^apps/server/src/modules/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'sql-only-in-repo',
      comment: 'An edge never touches repo.ts; use cases do.',
      severity: 'error',
      from: { path: '\\.(routes|scp|mllp)\\.ts$' },
      to: { path: '/repo\\.ts$' },
    },
    {
      name: 'packages-know-no-apps',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'leaf-packages',
      comment: 'dicom, hl7, api, volume and ui import nothing of ours (ui may import api types).',
      severity: 'error',
      from: { path: '^packages/(dicom|hl7|api|volume)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/', pathNot: '^packages/$1/' },
    },
    {
      name: 'web-apps-know-no-server',
      severity: 'error',
      from: { path: '^(apps/(patient|doctor|admin)|packages/(ui|viewer))/' },
      to: { path: '^(apps/server|packages/(dimse|codec|hl7))/' },
    },
    {
      name: 'server-knows-no-screens',
      severity: 'error',
      from: { path: '^apps/server/' },
      to: { path: '^packages/(ui|viewer)/' },
    },
    {
      name: 'not-resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '(^virtual:|\\?url$)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};

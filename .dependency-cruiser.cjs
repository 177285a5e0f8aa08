/** Who may import whom (docs: ARCHITECTURE.md). A rule's name says what it forbids. */

const ROOMS = ['interpreter', 'catalogue', 'providers', 'executions', 'agents', 'settings', 'security', 'scenarios'];
const GROUND = [
  'config',
  'plan',
  'tracing',
  'privacy',
  'encryption',
  'tools',
  'language',
  'store',
  'temporal',
  'monitoring',
];
const DOORS = ['api', 'workers', 'src/cli'];
/** Where the parts are put together. */
const ROOF = '^src/(main|platform|orchestrator|index|first-execution)\\.ts$|^src/library/';

const inside = (name) => `^src/${name}(/|\\.ts$)`;
const error = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    error('no circle of value imports', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    error(
      'src/plan imports nothing of ours',
      { path: '^src/plan/' },
      { path: '^(src|api|workers|activities|workflows)/', pathNot: '^src/plan/' },
    ),
    error(
      'src/interpreter imports only src/plan',
      { path: '^src/interpreter/' },
      { path: '^(src|api|workers|activities|workflows)/', pathNot: '^src/(plan|interpreter)/' },
    ),
    error(
      'workflows/ imports only the interpreter, the plan and Temporal',
      { path: '^workflows/' },
      {
        pathNot: '^(workflows/|src/(plan|interpreter)/|node_modules/@temporalio/(workflow|common)/)',
        dependencyTypesNot: ['type-only'],
      },
    ),
    error(
      'activities go into workflows as types only',
      { path: '^(workflows|src/(plan|interpreter))/' },
      { path: '^activities/', dependencyTypesNot: ['type-only'] },
    ),
    ...GROUND.map((name, index) =>
      error(
        `src/${name} imports only the ground above it`,
        { path: inside(name) },
        { path: [...GROUND.slice(index + 1), ...ROOMS].map(inside).filter((path) => !above(name, path)) },
      ),
    ),
    ...ROOMS.map((name) =>
      error(
        `src/${name} does not import other rooms`,
        { path: inside(name) },
        {
          path: ROOMS.filter((other) => other !== name && !(name === 'scenarios' && other === 'interpreter')).map(
            inside,
          ),
        },
      ),
    ),
    ...DOORS.map((door) =>
      error(
        `nobody imports the door ${door}`,
        { path: '^(src|api|workers|activities|workflows)/', pathNot: [`^${door}/`, ROOF] },
        { path: `^${door}/` },
      ),
    ),
    error('nobody imports the console', { path: '^(src|api|workers|activities|workflows)/' }, { path: '^web/' }),
    error(
      'the console takes shapes of the API as types only',
      { path: '^web/' },
      { path: '^(src|api|workers|activities|workflows)/', dependencyTypesNot: ['type-only'] },
    ),
    error(
      'nobody imports the roof',
      { path: '^(src/.+/|activities|workflows)', pathNot: '^src/(cli|library)/' },
      { path: ROOF },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules/.+/node_modules|dist|test/stubs)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'] },
  },
};

/** The configuration reads the plan's error and JSON shapes, and the plan reads nothing. */
function above(name, path) {
  return name === 'config' && path === inside('plan');
}

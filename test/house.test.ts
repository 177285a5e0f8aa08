/** The rules of the house, held by reading the tree: folders, imports, names, heads of files, and what is in the workflow bundle. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { testBundlePath } from './servers';

const root = path.resolve(__dirname, '..');

const FOLDERS = [
  ...[
    '.ci',
    '.github',
    'activities',
    'api',
    'bench',
    'config',
    'definitions',
    'deploy',
    'docs',
    'examples',
    'scripts',
    'src',
    'test',
  ],
  ...['web', 'workers', 'workflows'],
];
const MADE = ['.cache', '.data', '.git', 'coverage', 'dist', 'node_modules'];
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
const ROOMS = ['interpreter', 'catalogue', 'providers', 'executions', 'agents', 'settings', 'security', 'scenarios'];
/** Where parts are put together. */
const ROOF = ['src/main.ts', 'src/platform.ts', 'src/orchestrator.ts', 'src/index.ts', 'src/library'];
const SOURCES = ['src', 'api', 'workers', 'activities', 'workflows', 'test', 'bench', 'examples', 'scripts'];
const BANNED =
  /(Manager|Service|Helper|Util|Common|Shared|Misc|Base(?!64)|Abstract|Impl|Processor|Wrapper|Info)(?![a-z])/;

interface SourceFile {
  /** From the root. */
  readonly name: string;
  readonly text: string;
}

function sources(folders: readonly string[], ending: RegExp): readonly SourceFile[] {
  return folders
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .map((name) => path.join(folder, name))
        .filter((name) => ending.test(name) && statSync(path.join(root, name)).isFile()),
    )
    .map((name) => ({ name, text: readFileSync(path.join(root, name), 'utf8') }));
}

const typescript = sources(SOURCES, /\.ts$/);
const own = typescript.filter(({ name }) => !name.startsWith('test'));

/** Each import of a file, relative ones as paths from the root. */
function imports({ name, text }: SourceFile): readonly { readonly from: string; readonly types: boolean }[] {
  const statements = text.matchAll(
    /^(?:import|export)(\s+type)?\b[^;'"]*?\bfrom\s+'([^']+)'|\bimport\('([^']+)'\)|^import\s+'([^']+)'/gm,
  );
  return [...statements].map(([, types, ...paths]) => {
    const from = paths.find((one) => one !== undefined) ?? '';
    return { types: types !== undefined, from: from.startsWith('.') ? path.join(path.dirname(name), from) : from };
  });
}

/** `file: import` for every import of value that is forbidden. */
function offences(
  files: readonly SourceFile[],
  forbidden: (from: string, name: string) => boolean,
  types = true,
): readonly string[] {
  return files.flatMap((file) =>
    imports(file)
      .filter((one) => (types || !one.types) && forbidden(one.from, file.name))
      .map((one) => `${file.name}: ${one.from}`),
  );
}

const within = (...folders: readonly string[]) =>
  own.filter(({ name }) => folders.some((folder) => name.startsWith(`${folder}/`)));
const isOurs = (from: string): boolean => /^(src|api|workers|activities|workflows|bench|examples)\//.test(from);
const isIn = (from: string, ...folders: readonly string[]): boolean =>
  folders.some((folder) => from === folder || from.startsWith(`${folder}/`));

describe('folders', () => {
  test('the top level holds the folders of the house, and no other', () => {
    const found = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(found.map(({ name }) => name).filter((name) => ![...FOLDERS, ...MADE].includes(name))).toEqual([]);
  });

  test('src holds ground, rooms and doors, and no other folder', () => {
    const found = readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(
      found.map(({ name }) => name).filter((name) => ![...GROUND, ...ROOMS, 'cli', 'library'].includes(name)),
    ).toEqual([]);
  });

  test('definitions are data: no program lies there', () => {
    expect(sources(['definitions'], /\.(ts|js|mjs|cjs)$/).map(({ name }) => name)).toEqual([]);
  });
});

describe('imports', () => {
  test('an import is seen, whether of values or types, in one line or in many', () => {
    const text =
      "import a from './a';\nimport type { B } from '../plan/b';\nimport {\n  c,\n  d,\n} from 'pg';\nawait import('e');\nimport './f';\n";
    const seen = imports({ name: 'src/store/x.ts', text });
    expect(seen.map(({ from }) => from)).toEqual(['src/store/a', 'src/plan/b', 'pg', 'e', 'src/store/f']);
    expect(seen.map(({ types }) => types)).toEqual([false, true, false, false, false]);
    expect(
      offences([{ name: 'src/tools/x.ts', text: "import { Pool } from 'pg';" }], (from) => isIn(from, 'pg')),
    ).toHaveLength(1);
  });

  test('src/plan imports nothing of ours', () => {
    expect(offences(within('src/plan'), (from) => isOurs(from) && !isIn(from, 'src/plan'))).toEqual([]);
  });

  test('src/interpreter imports only src/plan', () => {
    expect(
      offences(within('src/interpreter'), (from) => isOurs(from) && !isIn(from, 'src/plan', 'src/interpreter')),
    ).toEqual([]);
  });

  test('workflows import the interpreter, the plan and Temporal’s workflow packages, nothing else', () => {
    const allowed = ['workflows', 'src/plan', 'src/interpreter', '@temporalio/workflow', '@temporalio/common'];
    expect(offences(within('workflows'), (from) => !isIn(from, ...allowed), false)).toEqual([]);
  });

  test('activities go into workflows as types only', () => {
    expect(
      offences(within('workflows', 'src/interpreter', 'src/plan'), (from) => isIn(from, 'activities'), false),
    ).toEqual([]);
  });

  test.each(ROOMS)('the room %s does not import another', (room) => {
    const others = ROOMS.filter((other) => other !== room && !(room === 'scenarios' && other === 'interpreter'));
    expect(offences(within(`src/${room}`), (from) => isIn(from, ...others.map((other) => `src/${other}`)))).toEqual([]);
  });

  test.each(['api', 'workers', 'src/cli'])('nobody but the roof imports the door %s', (door) => {
    const others = own.filter(
      ({ name }) => !name.startsWith(`${door}/`) && !isIn(name, ...ROOF) && !/^(bench|examples)\//.test(name),
    );
    expect(offences(others, (from) => isIn(from, door))).toEqual([]);
  });

  test.each([
    ['express', ['api']],
    ['pg', ['src/store']],
    ['node-pg-migrate', ['src/store']],
    ['yaml', ['src/language']],
    ['@temporalio/client', ['src/temporal', 'src/executions', 'src/agents', 'bench']],
    ['@temporalio/worker', ['src/temporal', 'workers', 'bench', 'src/platform.ts', 'src/cli/replay-engine.ts']],
    ['@temporalio/activity', ['activities']],
    ['@temporalio/workflow', ['workflows', 'bench']],
    ['prom-client', ['src/monitoring']],
    ['commander', ['src/cli']],
  ])('%s has one door', (dependency, doors) => {
    const strangers = own.filter(({ name }) => !isIn(name, ...doors));
    expect(offences(strangers, (from) => isIn(from, dependency), dependency !== '@temporalio/client')).toEqual([]);
  });

  test('tools and providers know no Temporal', () => {
    expect(offences(within('src/tools', 'src/providers'), (from) => from.startsWith('@temporalio/'))).toEqual([]);
  });
});

describe('names and heads', () => {
  test('files are nouns in kebab-case', () => {
    const odd = typescript.filter(
      ({ name }) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|property\.test|d))?\.ts$/.test(path.basename(name)),
    );
    expect(odd.map(({ name }) => name)).toEqual([]);
  });

  test('no file and no exported name holds a banned part', () => {
    const banned = own.flatMap(({ name, text }) => {
      const words = path
        .basename(name, '.ts')
        .split('-')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1));
      const exported = [
        ...text.matchAll(
          /^export (?:default )?(?:async )?(?:abstract )?(?:function|class|const|interface|type|enum) (\w+)/gm,
        ),
      ];
      const names = [...words, ...exported.map(([, word = '']) => word)];
      // The accessor and the type of an agent are the specification's own words.
      return names
        .filter((word) => BANNED.test(word) || /^I[A-Z][a-z]/.test(word))
        .filter((word) => word !== 'getConfigurationManager' && name !== 'src/agents/types/manager.ts')
        .map((word) => `${name}: ${word}`);
    });
    expect(banned).toEqual([]);
  });

  test('every file begins with a sentence that says what it is for, but for tests, whose names say it', () => {
    const headless = typescript.filter(
      ({ name, text }) => !name.endsWith('.test.ts') && !/^(#!.*\n)?\/\*\*[\s*]*[A-Z`’'“\d][^]*?\*\//.test(text),
    );
    expect(headless.map(({ name }) => name)).toEqual([]);
  });

  test('only the sandbox’s entry has a default export', () => {
    const found = own.filter(({ name, text }) => /^export default\b/m.test(text) && name !== 'workflows/index.ts');
    expect(found.map(({ name }) => name).filter((name) => !name.startsWith('bench/'))).toEqual([]);
  });

  test('nothing is left to be done, skipped or typed as any', () => {
    const marks = /\b(TODO|FIXME|XXX|HACK)\b|\b(?:test|it|describe)\.(?:skip|only|todo)\b|@ts-ignore|@ts-nocheck/;
    const found = typescript.filter(({ name, text }) => marks.test(text) && name !== 'test/house.test.ts');
    expect(found.map(({ name }) => name)).toEqual([]);
  });
});

describe('the environment', () => {
  test('only src/config.ts reads it', () => {
    const readers = own.filter(({ text }) => /\bprocess\.env\b/.test(text)).map(({ name }) => name);
    expect(readers.filter((name) => !/^(bench|examples)\//.test(name))).toEqual(['src/config.ts']);
  });
});

describe('packages', () => {
  const manifest = z
    .object({ overrides: z.record(z.string(), z.string()), dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));

  test('npm and pnpm get the same overrides', () => {
    const workspace: unknown = parse(readFileSync(path.join(root, 'pnpm-workspace.yaml'), 'utf8'));
    expect(workspace).toMatchObject({ overrides: manifest.overrides });
  });

  test('every Temporal package is the same exact version', () => {
    const versions = Object.entries(manifest.dependencies).filter(([name]) => name.startsWith('@temporalio/'));
    expect(new Set(versions.map(([, version]) => version)).size).toBe(1);
  });

  test('versions are exact, and the lockfile names no host', () => {
    expect(Object.values(manifest.dependencies).filter((version) => !/^\d/.test(version))).toEqual([]);
    expect(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "http/);
  });
});

test('the workflow bundle holds the sandbox’s own code, Temporal, the expression engine and the pattern engine, and nothing else', async () => {
  const code = readFileSync(await testBundlePath(), 'utf8');
  const inline = /\/\/# sourceMappingURL=data:application\/json;[^,]*base64,([A-Za-z0-9+/=]+)\s*$/.exec(code);
  const map = z
    .object({ sources: z.array(z.string()) })
    .parse(JSON.parse(Buffer.from(inline?.[1] ?? '', 'base64').toString('utf8')));
  const allowed = [
    /node_modules\/(@temporalio\/(workflow|common|proto|worker\/lib\/workflow)|long|protobufjs|@protobufjs|ms|nexus-rpc)\b/,
    /node_modules\/(@marcbachmann\/cel-js|re2js)\//,
    /(^|\/)(workflows|src\/interpreter|src\/plan)\//,
    /^webpack[:/]/,
    /-autogenerated-entrypoint\.cjs$/,
  ];
  const strangers = map.sources
    .map((source) => source.replace(/^webpack:\/\/[^/]*\//, ''))
    .filter(
      (source) =>
        !/^(webpack\/|external |\(webpack\)|ignored\|)/.test(source) &&
        !allowed.some((pattern) => pattern.test(source)),
    );
  expect(map.sources.length).toBeGreaterThan(50);
  expect(strangers).toEqual([]);
});

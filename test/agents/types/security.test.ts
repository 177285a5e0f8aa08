import { expect, test } from '@jest/globals';
import { SECURITY_RULES } from '../../../src/agents/types/security-rules';
import { advisoriesIn } from '../../../src/library/dependency-source';
import { ask } from './capability-call';
import { typesOf } from './parts';

const types = typesOf();
const SCAN = ['security', 'security_scan'] as const;
const KEY = `sk-${'a1B2'.repeat(8)}`;

const RISKY = `name: Risky
version: 1.0.0
trigger:
  payload:
    email: string
    where: string
    phone: { type: string, pii: phone }
steps:
  - name: fetch
    tool: http.request
    input:
      url: '\${trigger.payload.where}'
  - name: post
    tool: http.request
    input:
      { url: 'http://shop.example/orders', method: POST, json: { key: '${KEY}' } }
  - { name: inside, tool: http.request, input: { url: 'http://169.254.169.254/latest' } }
  - { name: login, set: { shop: 'https://bo:secret@shop.example/' } }
  - { name: think, tool: nlu.analyze, provider: openrouter, input: { text: '\${trigger.payload.phone}', language: en } }
  - { name: decide, waitFor: { signal: decision } }
  - { name: watch, waitFor: { signal: seen, from: [viewer], timeout: 1h } }
  - { name: code, agent: engineer, capability: code_generation }
`;
const SAFE = `name: Safe
version: 1.0.0
trigger: { payload: { text: { type: string, pii: name } } }
steps:
  - { name: read, tool: nlu.analyze, provider: local, input: { text: '\${trigger.payload.text}', language: en } }
  - { name: decide, waitFor: { signal: decision, from: [reviewer], timeout: 1h, onTimeout: continue } }
guards: { budget: { maxMs: 60000 }, security: { piiRedaction: true, dataRetention: 30d } }
`;

test('every risk is found where it stands, with what to do about it', async () => {
  const { output } = await ask(types, SCAN, { definition: RISKY });
  const findings = output['findings'] as readonly Record<string, unknown>[];
  const places = findings.map(({ rule, line, step }) => [rule, line, step ?? '']);
  for (const place of [
    ['literal-secret', 16, ''],
    ['plain-http', 16, ''],
    ['internal-address', 17, ''],
    ['url-with-password', 18, ''],
    ['address-from-outside', 9, 'fetch'],
    ['endless-wait', 20, 'decide'],
    ['anyone-may-answer', 20, 'decide'],
    ['broad-roles', 21, 'watch'],
    ['missing-timeout', 22, 'code'],
    ['personal-data-leave', 19, ''],
    ['unmarked-personal-data', 5, ''],
  ])
    expect(places).toContainEqual(place);
  expect(places.map(([rule]) => rule)).toContain('missing-budget');
  expect(output).toMatchObject({ passed: false, scanned: ['risky'] });
  const grades = findings.map(({ severity }) => ['critical', 'high', 'medium', 'low'].indexOf(String(severity)));
  expect(grades).toEqual([...grades].sort());
  for (const { rule, advice } of findings) expect(advice).toBe(SECURITY_RULES[rule as 'plain-http'].advice);
});

test('no finding repeats the secret that it is about', async () => {
  const { output } = await ask(types, SCAN, { definition: RISKY });
  expect(JSON.stringify(output)).not.toMatch(/a1B2|bo:secret/);
});

test('a definition without risks passes, and all definitions are scanned where none is named', async () => {
  expect((await ask(types, SCAN, { definition: SAFE })).output).toMatchObject({ passed: true, findings: [] });
  const all = await ask(types, SCAN, {});
  expect(all.output['scanned']).toContain('bilingual-coach');
});

test('how grave is too grave is the asker’s to say', async () => {
  const definition = SAFE.replace(', timeout: 1h, onTimeout: continue', '');
  expect((await ask(types, SCAN, { definition })).output).toMatchObject({ passed: true, counts: { medium: 1 } });
  expect((await ask(types, SCAN, { definition, failOn: 'medium' })).output).toMatchObject({ passed: false });
});

test('the name of a webhook’s variable is no secret, and a definition with errors is told so', async () => {
  const webhook = SAFE.replace(
    'trigger: {',
    'trigger: { webhook: { verify: standard-webhooks, secret: DESK_WEBHOOK_SECRET },',
  );
  const { output } = await ask(types, SCAN, { definition: webhook });
  expect(output['findings']).not.toContainEqual(expect.objectContaining({ rule: 'literal-secret' }));
  const broken = await ask(types, SCAN, { definition: SAFE.replace('nlu.analyze', 'nlu.analyse') });
  expect(broken.output['findings']).toContainEqual(expect.objectContaining({ rule: 'has-errors', line: 5 }));
});

const DEPENDENCIES = ['security', 'dependency_scan'] as const;
const lock = (packages: object): string => JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...packages } });

test('a lock file tells of licences, scripts, hashes and addresses', async () => {
  const lockFile = lock({
    'node_modules/fine': { version: '1.0.0', license: 'MIT', integrity: 'sha512-x' },
    'node_modules/odd': { version: '2.0.0', resolved: 'http://example.com/odd.tgz', hasInstallScript: true },
    'node_modules/a/node_modules/left': { version: '3.0.0', license: 'GPL-3.0-only', integrity: 'sha512-y' },
  });
  const { output } = await ask(types, DEPENDENCIES, { lockFile, advisories: false });
  const findings = output['findings'] as readonly Record<string, unknown>[];
  expect(findings.map(({ package: name, rule }) => `${String(name)} ${String(rule)}`).sort()).toEqual([
    'left copyleft-licence',
    'odd install-script',
    'odd no-integrity',
    'odd plain-http',
    'odd unknown-licence',
  ]);
  expect(output).toMatchObject({ passed: false, packages: 3, advisories: 'not-asked', counts: { high: 2 } });
});

test('this installation’s own lock file has nothing grave in it', async () => {
  const { output } = await ask(types, DEPENDENCIES, { advisories: false });
  expect(output).toMatchObject({ passed: true, counts: { critical: 0, high: 0 } });
  expect(output['packages']).toBeGreaterThan(100);
});

test('a registry that answers no such questions is told of, and one that does is believed', () => {
  expect(advisoriesIn('<html>')).toBeUndefined();
  expect(advisoriesIn('{"error":{"code":"ENOAUDIT"}}')).toBeUndefined();
  expect(
    advisoriesIn(
      JSON.stringify({
        vulnerabilities: {
          odd: { name: 'odd', severity: 'moderate', range: '<2.1.0', via: [{ title: 'Odd is open' }, 'even'] },
        },
      }),
    ),
  ).toEqual([{ package: 'odd', version: '<2.1.0', severity: 'medium', title: 'Odd is open; through even' }]);
});

test('what is no lock file is refused', async () => {
  for (const lockFile of ['{', '{"lockfileVersion":1}'])
    await expect(ask(types, DEPENDENCIES, { lockFile })).rejects.toMatchObject({ problem: { type: 'validation' } });
});

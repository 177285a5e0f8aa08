/** The JSON Schema of scenario files takes what the parser takes, and refuses what it can see. */
import { describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020';
import { parse } from 'yaml';
import { scenarioSchema } from '../../src/language/scenario-schema';
import * as tables from '../../src/language/scenario-words';
import type { Words } from '../../src/language/vocabulary';
import { fencesOf } from '../docs/markdown';
import { textFiles } from '../tracked-files';
import { registry } from './support';

const SCHEMA = scenarioSchema(registry);
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
for (const keyword of ['markdownDescription', 'defaultSnippets']) ajv.addKeyword(keyword);
const validate = ajv.compile(SCHEMA);

function faultsOf(text: string): readonly string[] {
  validate(parse(text));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const STEP = 'steps: [{ action: execute_workflow, input: { workflowName: x } }]\n';

describe('takes', () => {
  const files = textFiles('.scenarios.yaml').map(({ name, text }) => [name, text] as const);
  const snippets = textFiles('.md').flatMap(({ name, text }) =>
    fencesOf(text)
      .filter(({ form }) => form === 'scenario')
      .map((fence, index) => [`${name}, ${index + 1}`, fence.text] as const),
  );

  test.each([...files, ...snippets])('%s', (_, text) => {
    expect(faultsOf(text)).toEqual([]);
  });

  test('files and snippets are there', () => {
    expect([files.length > 0, snippets.length > 2]).toEqual([true, true]);
  });
});

test.each([
  ['an unknown key', `name: t\n${STEP}expects: {}\n`],
  ['no steps', 'name: t\n'],
  ['an empty list of steps', 'name: t\nsteps: []\n'],
  ['an unknown action', 'name: t\nsteps:\n  - { action: execute_workflw, input: {} }\n'],
  ['an input of the other action', 'name: t\nsteps:\n  - { action: check_feature_flag, input: { workflowName: x } }\n'],
  ['an unknown command', `name: t\n${STEP}setup:\n  - create_mock_tol stt.transcribe x\n`],
  ['a flag that is neither', `name: t\n${STEP}setup:\n  - set_feature_flag X yes\n`],
  ['an unknown type of error', `name: t\n${STEP}mocks:\n  - { tool: a.b, provider: x, error: rate-limit }\n`],
  ['a delay that is none', `name: t\n${STEP}mocks:\n  - { tool: a.b, provider: x, delay: soon }\n`],
  ['an unknown status', `name: t\n${STEP}expect:\n  status: complete\n`],
  ['a message of two kinds', `name: t\n${STEP}messages:\n  - { at: 1s, signal: a, cancel: true }\n`],
  ['an unknown key of a scenario among several', `scenarios:\n  - { name: a, tool: {}, ${STEP.trim()} }\n`],
])('refuses %s', (_, text) => {
  expect(faultsOf(text)).not.toEqual([]);
});

test('every word has its text', () => {
  const text = JSON.stringify(SCHEMA);
  for (const table of Object.values<Words>(tables))
    for (const [key, { description }] of Object.entries(table))
      expect([key, text.includes(JSON.stringify(description))]).toEqual([key, true]);
});

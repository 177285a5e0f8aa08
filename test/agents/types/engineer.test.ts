import { describe, expect, test } from '@jest/globals';
import { compileDefinition } from '../../../src/language/compile';
import { toolFor } from '../../../src/agents/types/tool-match';
import { ask } from './capability-call';
import { registry, typesOf } from './parts';

const types = typesOf();
const SCAFFOLD = ['engineer', 'definition_scaffolding'] as const;
const REPAIR = ['engineer', 'definition_repair'] as const;

describe('words find their tool', () => {
  test.each([
    ['transcribe the recording', 'stt.transcribe'],
    ['translate it into Portuguese', 'mt.translate'],
    ['send an email to the customer', 'email.send'],
    ['search the web', 'web.search'],
    ['refund the payment', 'payment.refund'],
    ['call nlu.analyze', 'nlu.analyze'],
  ])('%s: %s', (words, tool) => {
    expect(toolFor(words, registry)?.name).toBe(tool);
  });

  test('what no tool does finds none', () => {
    expect(toolFor('dance on the roof', registry)).toBeUndefined();
    expect(toolFor('make coffee', registry)).toBeUndefined();
  });
});

test('a goal becomes a definition that compiles, whose steps hand on what they made, with scenarios that pass', async () => {
  const goal = 'Transcribe the recording, then translate it and send an email to the customer';
  const { output } = await ask(types, SCAFFOLD, { goal, id: 'letters' });
  expect(output).toMatchObject({
    id: 'letters',
    unmatched: [],
    steps: [{ tool: 'stt.transcribe' }, { tool: 'mt.translate' }, { tool: 'email.send' }],
    scenariosPassed: 4,
  });
  const text = String(output['definition']);
  const { plan, diagnostics } = compileDefinition({ text, file: 'definition' }, registry);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(plan?.id).toBe('letters');
  expect(text).toContain('${steps.stt_transcribe.output.text}');
});

test('every tool of the catalogue can be scaffolded', async () => {
  const failed: string[] = [];
  for (const { name } of registry.contracts())
    await ask(types, SCAFFOLD, { steps: [name], id: 'one' }).catch((error: unknown) => {
      failed.push(`${name}: ${String(error)}`);
    });
  expect(failed).toEqual([]);
}, 60_000);

test('as code it comes in files', async () => {
  const { output } = await ask(types, ['engineer', 'code_generation'], {
    steps: ['translate', 'speak it'],
    name: 'Say it',
  });
  expect(output).toMatchObject({
    files: [{ path: 'definitions/say-it.yaml' }, { path: 'definitions/say-it.scenarios.yaml' }],
  });
});

test('a step that no tool does is refused; of a goal it is told, and the rest is written', async () => {
  await expect(ask(types, SCAFFOLD, { steps: ['translate', 'dance on the roof'] })).rejects.toMatchObject({
    problem: { type: 'validation', detail: expect.stringContaining('dance on the roof') },
  });
  const { output } = await ask(types, SCAFFOLD, { goal: 'dance on the roof, then translate the text' });
  expect(output).toMatchObject({ unmatched: ['dance on the roof'], steps: [{ tool: 'mt.translate' }] });
});

test('what diagnostics suggest is written, and what is left is told', async () => {
  const definition = `name: Greeting
version: 1.0.0
trigger: { payload: { text: string } }
steps:
  - { name: read, tool: nlu.analyse, input: { text: '\${trigger.payload.txt}', language: en } }
  - { name: stop, if: steps.raed.status == 'failed', fail: { type: odd } }
  - { name: lost, tool: nobody.knows }
`;
  const { output } = await ask(types, REPAIR, { definition });
  const text = String(output['definition']);
  expect(text).toContain('tool: nlu.analyze');
  expect(text).toContain('trigger.payload.text}');
  expect(text).toContain('steps.read.status');
  expect(output).toMatchObject({
    valid: false,
    diagnostics: expect.arrayContaining([expect.objectContaining({ code: 'unknown-tool', line: 7 })]),
  });
  const whole = await ask(types, REPAIR, { definition: definition.replace(/ {2}- \{ name: lost.*\n/, '') });
  expect(whole.output).toMatchObject({ valid: true });
});

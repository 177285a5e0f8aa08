/** What good definitions become. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolStep } from '../../src/plan/plan';
import { compileText, findingsOf, planOf, withSteps } from './registry';

const SPECIFICATION = `name: Bilingual Coach Workflow
description: AI-powered speech coaching with STT→NLU→MT→TTS pipeline
version: 1.0.0

trigger:
  event: app.coach.session.start
  payload:
    userId: string
    sessionId: string
    targetLanguage: string
    sourceLanguage: string
    audioData?: string
    textInput?: string

steps:
  - name: speech_to_text
    description: Convert audio to text using STT service
    tool: stt.transcribe
    provider: openrouter|gemini|integration-app
    config:
      fallback: integration-app.stt.local
      timeout: 12000
      language: "\${trigger.payload.sourceLanguage}"
    input:
      audioData: "\${trigger.payload.audioData}"
      language: "\${trigger.payload.sourceLanguage}"
    output:
      text: string
      confidence: number
      segments: array

  - name: natural_language_understanding
    description: Analyze grammar, intent, and language patterns
    tool: nlu.analyze
    provider: openrouter|deepseek-r1
    config:
      model: deepseek-r1
      timeout: 15000
      maxTokens: 2000
    input:
      text: "\${steps.speech_to_text.output.text}"
      language: "\${trigger.payload.sourceLanguage}"
      context: "language_learning_coaching"
    output:
      intent: string
      grammar: object
      entities: array
      sentiment: string
      confidence: number

guards:
  budget:
    maxMs: 300000
    maxTokens: 10000
    maxCost: 1.00
  security:
    piiRedaction: true
    dataRetention: "90d"
    encryption: true
  fallbacks:
    stt: "integration-app"
    nlu: "openrouter"
    mt: "gemini"
    feedback: "deepseek-r1"
    tts: "text-only"
`;

describe("the specification's definition", () => {
  test('is valid as printed', () => {
    expect(findingsOf(SPECIFICATION, ['error'])).toEqual([]);
    expect(compileText(SPECIFICATION, 'bilingual-coach.yaml').plan?.id).toBe('bilingual-coach');
  });

  test('is told what this version does not do with it, and where', () => {
    expect(findingsOf(SPECIFICATION)).toEqual([
      'no-adapter@19',
      'no-adapter@19',
      'optional-into-required@25',
      'unread-by-redaction@25',
      'no-adapter@35',
      'no-adapter@61',
      'unused-fallback@63',
      'unused-fallback@64',
      'unused-fallback@65',
    ]);
  });

  test('becomes steps with chains, timeouts and configs', () => {
    const [speech, analysis] = planOf(SPECIFICATION).steps as readonly ToolStep[];
    expect(speech?.chain).toEqual([
      {
        provider: 'openrouter',
        from: 'provider',
        timeoutMs: 12_000,
        config: {
          kind: 'object',
          fields: { language: { kind: 'expression', source: 'trigger.payload.sourceLanguage' } },
        },
      },
      expect.objectContaining({ provider: 'local', from: 'fallback', timeoutMs: 12_000 }),
    ]);
    expect(analysis?.chain).toEqual([
      {
        provider: 'openrouter',
        from: 'provider',
        timeoutMs: 15_000,
        model: 'deepseek-r1',
        config: { kind: 'literal', value: { maxTokens: 2000 } },
      },
    ]);
    expect(speech?.retry).toEqual([{ maxAttempts: 3, initialIntervalMs: 1000, backoff: 2, maxIntervalMs: 30_000 }]);
  });
});

test('the definitions of the repository are valid', () => {
  const file = join(__dirname, '../../definitions/bilingual-coach.yaml');
  expect(findingsOf(readFileSync(file, 'utf8'), ['error'])).toEqual([]);
});

const WHOLE = `name: Refund desk
description: Decide a refund, pay it, tell the customer
version: 2.1.0
trigger:
  event: app.refund.requested | app.refund.repeated
  payload:
    orderId: string
    amount: number
    email: { type: string, pii: email }
    note?: string
    items: "object[]"
    channel: web | phone
defaults:
  timeout: 30s
  retry: { maxAttempts: 5, initialInterval: 1s, backoff: 2, maxInterval: 30s }
steps:
  - name: score
    tool: risk.score
    provider: openrouter|acme
    config: { fallback: local, timeout: 12000, model: small, acme: { model: flash, region: eu } }
    input: { text: "\${trigger.payload.note}" }
    output: { risk: number, reasons: "string[]" }
  - name: route
    switch:
      - when: steps.score.output.risk > 0.5 || trigger.payload.amount > 500
        steps:
          - { name: refuse, fail: { type: too-risky, detail: "risk \${steps.score.output.risk}" } }
      - default:
          - { name: note_it, set: { risky: false } }
  - name: pay
    tool: payment.refund
    input: { orderId: "\${trigger.payload.orderId}", amount: "\${trigger.payload.amount}" }
    onError:
      - { when: error.type == 'not-found', continue: true }
      - steps: [ { name: apologise, tool: email.send, input: { to: "\${trigger.payload.email}", template: sorry } } ]
  - name: tell
    join: any
    timeout: 10m
    parallel:
      mail: { tool: email.send, input: { to: "\${trigger.payload.email}", template: refunded } }
      crm: [ { name: note_crm, tool: crm.note, input: { orderId: "\${trigger.payload.orderId}" } } ]
output: { refunded: "\${steps.pay.status == 'completed'}", risk: "\${steps.score.output.risk}", risky: "\${vars.?risky.orValue(true)}" }
guards:
  budget: { maxMs: 300000, maxTokens: 10000, maxCost: 1.00 }
  fallbacks: { risk: local, email: text-only }
`;

describe('a whole definition', () => {
  test('compiles without errors', () => {
    expect(findingsOf(WHOLE, ['error'])).toEqual([]);
  });

  test('keeps its shape in the plan', () => {
    const plan = planOf(WHOLE);
    expect(plan).toMatchObject({
      schemaVersion: 1,
      id: 'test',
      version: '2.1.0',
      events: ['app.refund.requested', 'app.refund.repeated'],
      guards: {
        budget: { maxMs: 300_000, maxTokens: 10_000, maxCostUsd: 1 },
        security: { piiRedaction: false, encryption: false },
      },
    });
    expect(plan.steps.map(({ kind }) => kind)).toEqual(['tool', 'switch', 'tool', 'parallel']);
    expect(plan.input).toEqual({
      type: 'object',
      properties: {
        orderId: { type: 'string' },
        amount: { type: 'number' },
        email: { type: 'string', 'x-pii': 'email' },
        note: { type: 'string' },
        items: { type: 'array', items: { type: 'object' } },
        channel: { type: 'string', enum: ['web', 'phone'] },
      },
      required: ['orderId', 'amount', 'email', 'items', 'channel'],
      additionalProperties: false,
    });
  });

  test('lays settings for one provider over the common ones', () => {
    const [score] = planOf(WHOLE).steps as readonly ToolStep[];
    expect(score?.chain.map(({ provider, from, model }) => [provider, from, model])).toEqual([
      ['openrouter', 'provider', 'small'],
      ['acme', 'provider', 'flash'],
      ['local', 'fallback', 'small'],
    ]);
    expect(score?.chain[1]?.config).toEqual({ kind: 'object', fields: { region: { kind: 'literal', value: 'eu' } } });
    expect(score?.retry[0]?.maxAttempts).toBe(5);
  });

  test('keeps the preference of a step, and from its providers', () => {
    const step = '  - { name: s, tool: risk.score, provider: openrouter|acme, config: { prefer: latency } }\n';
    const [score] = planOf(withSteps(step)).steps;
    expect(score).toMatchObject({
      prefer: 'latency',
      chain: [{ config: { kind: 'literal', value: {} } }, { config: { kind: 'literal', value: {} } }],
    });
    expect((planOf(WHOLE).steps as readonly ToolStep[])[0]).not.toHaveProperty('prefer');
  });

  test('streams where the step says so, for all of its providers or for one, and no provider hears of it', () => {
    const chain = (config: string): ToolStep['chain'] =>
      (
        planOf(withSteps(`  - { name: s, tool: risk.score, provider: openrouter|acme, config: ${config} }\n`))
          .steps[0] as ToolStep
      ).chain;
    const streams = (config: string): unknown => chain(config).map(({ stream }) => stream);
    expect(streams('{ stream: true }')).toEqual([true, true]);
    expect(streams('{ stream: true, acme: { stream: false } }')).toEqual([true, undefined]);
    expect(streams('{ stream: false }')).toEqual([undefined, undefined]);
    expect(chain('{ stream: true }')[0]?.config).toEqual({ kind: 'literal', value: {} });
  });

  test('tries a tool that is not safe to repeat once', () => {
    const pay = planOf(WHOLE).steps[2] as ToolStep;
    expect(pay.idempotent).toBe('none');
    expect(pay.retry.map(({ maxAttempts }) => maxAttempts)).toEqual([1]);
  });

  test('ends a chain in a mode', () => {
    expect(planOf(WHOLE).steps[3]).toMatchObject({
      kind: 'parallel',
      join: 1,
      timeoutMs: 600_000,
      branches: [
        { name: 'mail', single: true, steps: [{ name: 'mail', mode: 'text-only' }] },
        { name: 'crm', single: false, steps: [{ name: 'note_crm' }] },
      ],
    });
  });

  test('has a hash that only its content decides', () => {
    const reordered = WHOLE.replace('name: Refund desk\n', '').replace(
      'version: 2.1.0\n',
      'version: 2.1.0\nname: Refund desk\n',
    );
    expect(planOf(reordered).hash).toBe(planOf(WHOLE).hash);
    expect(planOf(WHOLE.replace('2.1.0', '2.1.1')).hash).not.toBe(planOf(WHOLE).hash);
    expect(planOf(WHOLE).hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('values', () => {
  const valueOf = (written: string): unknown => {
    const [step] = planOf(withSteps(`  - { name: s, tool: crm.note, input: { v: ${written} } }\n`))
      .steps as readonly ToolStep[];
    const input = step?.input;
    return input?.kind === 'object' ? input.fields['v'] : input?.kind === 'literal' ? input.value : undefined;
  };

  test.each([
    ['"${execution.id}"', { kind: 'expression', source: 'execution.id' }],
    ['"a ${execution.id}!"', { kind: 'text', parts: ['a ', { source: 'execution.id' }, '!'] }],
    ['"costs $${ here"', { v: 'costs ${ here' }],
    [`"\${{'a': '}'}}"`, { kind: 'expression', source: "{'a': '}'}" }],
    [
      '[1, "${execution.id}"]',
      {
        kind: 'list',
        items: [
          { kind: 'literal', value: 1 },
          { kind: 'expression', source: 'execution.id' },
        ],
      },
    ],
    ['{ a: [true, null] }', { v: { a: [true, null] } }],
    ['"$5"', { v: '$5' }],
  ])('%s', (written, expected) => {
    expect(valueOf(written)).toEqual(expected);
  });
});

test('the id is the key, else the file, else the name', () => {
  const text = withSteps('  - { name: s, set: { a: 1 } }\n');
  expect(compileText(text, 'definitions/nightly-run.yaml').plan?.id).toBe('nightly-run');
  expect(compileText(`id: by-key\n${text}`, 'definitions/nightly-run.yaml').plan?.id).toBe('by-key');
  expect(compileText(text, 'posted text').plan?.id).toBe('test');
});

describe('a tool that takes milliseconds', () => {
  const stepOf = (more: string, defaults = ''): ToolStep =>
    planOf(`${defaults}${withSteps(`  - { name: s, tool: risk.score, provider: local${more} }\n`)}`)
      .steps[0] as ToolStep;

  test('runs beside the interpreter, whatever the default timeout', () => {
    const step = stepOf('', 'defaults: { timeout: 30s }\n');
    expect(step.placement).toBe('local');
    expect(step.chain[0]?.timeoutMs).toBe(2_000);
  });

  test('is sent to the queue when the step lets it take longer', () => {
    expect(stepOf(', timeout: 5s')).toMatchObject({ placement: 'remote', chain: [{ timeoutMs: 5_000 }] });
  });
});

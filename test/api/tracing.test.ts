/** A request over HTTP, the execution that it starts, the one that this starts, and what the vendor is asked: one trace. */
import { expect, test } from '@jest/globals';
import { TRACE_ID_HEADER } from '../../api/traced';
import { OPENROUTER } from '../../src/providers/openrouter';
import { providerOf, until } from '../contracts/provider';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { RecordedSpan } from '../tracing/recorded';
import { recordedTracing } from '../tracing/recorded';
import { openDoor } from './door';

const GUARDS = 'guards: { budget: { maxMs: 60000 } }';
const DEFINITIONS = {
  'outer.yaml': `
name: Outer
version: 1.0.0
trigger: { payload: { text: string } }
${GUARDS}
steps:
  - name: translate
    tool: mt.translate
    provider: openrouter
    input: { text: '\${trigger.payload.text}', sourceLanguage: en, targetLanguage: pt }
    retry: { maxAttempts: 2, initialInterval: 10ms }
  - name: again
    workflow: inner
    input: { text: '\${steps.translate.output.text}' }
`,
  'inner.yaml': `
name: Inner
version: 1.0.0
trigger: { payload: { text: string } }
${GUARDS}
steps:
  - name: back
    tool: mt.translate
    provider: openrouter
    input: { text: '\${trigger.payload.text}', sourceLanguage: pt, targetLanguage: en }
`,
};
const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

test('from the request to the vendor every span has its parent, failed attempts among them, and nothing that was sent is in one', async () => {
  const { tracing, spans } = recordedTracing();
  const stub = await startOpenAiStub({ key: 'stub-canary-key' });
  const openrouter = providerOf({ provider: OPENROUTER }, stub);
  const door = await openDoor({ providers: [openrouter], definitions: DEFINITIONS, tracing });
  try {
    stub.next({ kind: 'status', status: 503 });
    const answer = await door.ask(
      'POST',
      '/workflows/outer/execute',
      { payload: { text: 'canary-word' } },
      { traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01` },
    );
    expect([answer.status, answer.headers.get(TRACE_ID_HEADER)]).toEqual([202, CALLER.traceId]);
    const all: RecordedSpan[] = [];
    await until(async () => {
      all.push(...(await spans()));
      return all.some(({ attributes }) => attributes['omni.workflow'] === 'outer' && attributes['omni.status']);
    });
    const names = new Map(all.map((span) => [span.spanId, nameOf(span)]));
    const links = all
      .filter(({ attributes }) => attributes['db.system.name'] === undefined)
      .map((span) => `${nameOf(span)} <- ${names.get(span.parent ?? '') ?? span.parent}`);
    expect(new Set(all.map(({ traceId }) => traceId))).toEqual(new Set([CALLER.traceId]));
    expect(links.sort()).toEqual(
      [
        `POST /workflows/{name}/execute <- ${CALLER.spanId}`,
        'outer <- POST /workflows/{name}/execute',
        'step translate <- outer',
        // Nobody answered the first attempt, so no model is known.
        'chat <- step translate',
        'POST <- chat',
        'chat google/gemini-3.1-flash-lite <- step translate',
        'POST <- chat google/gemini-3.1-flash-lite',
        'step again <- outer',
        'inner <- step again',
        'activity omni:load-plan <- inner',
        'step back <- inner',
        'chat google/gemini-3.1-flash-lite <- step back',
        'POST <- chat google/gemini-3.1-flash-lite',
      ].sort(),
    );
    // Statements lie below whoever asked for them.
    const statements = all.filter(({ attributes }) => attributes['db.system.name'] !== undefined);
    expect(statements.filter(({ parent }) => names.get(parent ?? '')?.startsWith('POST /')).length).toBeGreaterThan(0);
    for (const { parent } of statements) expect(names.has(parent ?? '')).toBe(true);

    const [failed, ...good] = all.filter(({ name }) => name.startsWith('chat'));
    expect(failed).toMatchObject({ failed: true, attributes: { 'omni.attempt': 1, 'gen_ai.operation.name': 'chat' } });
    expect(good).toHaveLength(2);
    expect(good[0]?.attributes).toMatchObject({
      'gen_ai.provider.name': 'openrouter',
      'gen_ai.response.model': expect.any(String),
      'gen_ai.usage.input_tokens': expect.any(Number),
      'omni.usage.cost_usd': expect.any(Number),
      'omni.attempt': 2,
    });
    expect(JSON.stringify(all)).not.toMatch(/canary/);
    expect(stub.calls.filter(({ headers }) => 'traceparent' in headers)).toEqual([]);
  } finally {
    await door.close();
    await stub.close();
  }
}, 60_000);

/** Both executions have one name, and are told apart by what they run. */
const nameOf = ({ name, attributes }: RecordedSpan): string =>
  name === 'workflow_execution' ? String(attributes['omni.workflow']) : name;

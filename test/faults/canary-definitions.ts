/** Definitions with every kind of step and every way to fail, and a plugin that throws what it is given. */

const echo = (name: string, text: string, mode = 'same'): string =>
  `{ name: ${name}, tool: canary.echo, provider: parrot, input: { text: '${text}', mode: ${mode} } }`;
const TEXT = '${trigger.payload.text}';

const EVERY_KIND = `
name: Every kind
version: 1.0.0
trigger:
  payload:
    text: string
    person: { fullName: { type: string, pii: name }, email: { type: string, pii: email } }
    words: 'string[]'
    any: any
    large: string
concurrency: { key: '\${trigger.payload.text}', limit: 3 }
steps:
  - { name: keep, set: { text: '${TEXT}', odd: '\${trigger.payload.any}' } }
  - name: ask
    summary: asks a model
    tool: llm.chat
    provider: openrouter
    config: { stream: true }
    input: { prompt: '\${vars.text}', system: 'Speak to \${trigger.payload.person.fullName}.' }
  - name: tell
    parallel:
      small: ${echo('small', TEXT).replace('name: small, ', '')}
      big: ${echo('big', '${trigger.payload.large}').replace('name: big, ', '')}
      work: { agent: engineer, capability: listen, input: { text: '${TEXT}' }, timeout: 2s, onError: continue }
  - name: route
    switch:
      - { when: "trigger.payload.text.contains('@')", steps: [${echo('taken', TEXT)}] }
      - { default: [${echo('passed', TEXT)}] }
  - name: words
    forEach: trigger.payload.words
    as: word
    onItemError: continue
    collect: '\${steps.each.output.text}'
    steps:
      - ${echo('each', '${word}', "\"${index == 0 ? 'throw' : 'same'}\"").replace(/}$/, ', retry: { maxAttempts: 1 } }')}
  - name: rounds
    repeat: { max: 2, until: index == 1 }
    steps:
      - ${echo('round', TEXT)}
  - name: group
    steps:
      - { name: rest, wait: 10ms }
  - { name: announce, emit: { type: app.canary.heard, data: { text: '${TEXT}' } } }
  - { name: made, workflow: canary-child, input: { text: '${TEXT}' } }
  - { name: loose, workflow: canary-child, input: { text: '${TEXT}' }, await: false }
  - name: decide
    description: To be decided
    waitFor: { signal: decision, from: [reviewer], form: { note: string }, timeout: 10m }
  - { name: hear, waitFor: { signal: told, timeout: 10m } }
output: { text: '${TEXT}', said: '\${steps.ask.output.text}', words: '\${steps.words.output}', by: '\${steps.hear.output}' }
finally:
  - ${echo('last', TEXT)}
`;

const FAILING = `
name: Failing
version: 1.0.0
trigger: { payload: { text: string, mode: string } }
steps:
  - name: done
    tool: canary.echo
    provider: parrot
    input: { text: '${TEXT}', mode: same }
    compensate: { tool: canary.echo, input: { text: '\${error.detail} ${TEXT}', mode: throw }, retry: { maxAttempts: 1 } }
  - name: broken
    tool: canary.echo
    provider: parrot
    config: { timeout: 500ms }
    input: { text: '${TEXT}', mode: '\${trigger.payload.mode}' }
    retry: { maxAttempts: 2, initialInterval: 10ms }
    onError:
      - { when: "error.type == 'validation'", steps: [${echo('handled', '${error.detail}')}] }
  - { name: stop, fail: { type: heard, detail: 'nobody heard', data: { text: '${TEXT}' } } }
finally:
  - ${echo('last', TEXT)}
`;

const ASKING = `
name: Asking
version: 1.0.0
trigger: { payload: { text: string } }
steps:
  - name: ask
    tool: llm.chat
    provider: openrouter
    config: { timeout: 700ms, fallback: parrot }
    input: { prompt: '${TEXT}' }
    retry: { maxAttempts: 1 }
  - name: read
    tool: mt.translate
    provider: openrouter
    config: { timeout: 700ms, stream: true }
    input: { text: '${TEXT}', sourceLanguage: en, targetLanguage: pt }
    retry: { maxAttempts: 1 }
`;

/** Its call has failed and is tried again in an hour. */
const STUCK = `
name: Stuck
version: 1.0.0
trigger: { payload: { text: string } }
steps:
  - name: ask
    tool: llm.chat
    provider: openrouter
    input: { prompt: '${TEXT}' }
    retry: { maxAttempts: 3, initialInterval: 1h, maxInterval: 1h }
`;

const WAITING = `
name: Waiting
version: 1.0.0
trigger: { payload: { text: string } }
steps:
  - { name: late, waitFor: { signal: told, timeout: 300ms, onTimeout: [${echo('missed', TEXT)}] } }
  - { name: hear, waitFor: { signal: told } }
`;

const small = (trigger: string): string => `
name: Small
version: 1.0.0
trigger: { ${trigger} }
steps:
  - ${echo('say', TEXT)}
`;

/** YAML by file name. */
export const CANARY_DEFINITIONS: Readonly<Record<string, string>> = {
  'every-kind.yaml': EVERY_KIND,
  'failing.yaml': FAILING,
  'asking.yaml': ASKING,
  'stuck.yaml': STUCK,
  'waiting.yaml': WAITING,
  'canary-child.yaml': small('payload: { text: string }'),
  'canary-heard.yaml': small('event: app.canary.heard, payload: { text: string }'),
  'canary-hook.yaml': small(
    "payload: { text: string }, webhook: { verify: standard-webhooks, secret: CANARY_HOOK_SECRET, payload: { text: '${body.text}' } }",
  ),
};

/** Ways to end a call of `canary.echo`. */
export const WAYS = ['throw', 'text', 'object', 'typed', 'cause', 'odd', 'slow', 'url'] as const;

/** Says again what it is told, or throws it. */
export const PARROT = `
import { defineProvider, defineTool, OmniError, z } from 'omni-mcp';

const echo = defineTool({
  name: 'canary.echo', title: 'Echo', description: 'Says it again.', idempotent: 'natural',
  input: z.strictObject({ text: z.string(), mode: z.string() }), output: z.object({ text: z.string() }),
});

const WAYS = {
  throw: (text) => { throw new Error('cannot read ' + text); },
  text: (text) => { throw text; },
  object: (text) => { throw Object.assign(new TypeError(text), { code: text, body: { text } }); },
  typed: (text) => { throw new OmniError('validation', 'the vendor refused ' + text, { data: { text }, errors: [{ pointer: '/' + text, detail: text }] }); },
  cause: (text) => { throw new OmniError('tool-error', 'the vendor failed', { cause: new Error(text) }); },
  odd: (text) => ({ output: { surprise: text } }),
  slow: (text, call) => new Promise((_, reject) => call.signal.addEventListener('abort', () => reject(new Error(text)))),
  url: (text, call) => call.json(z.object({}), { method: 'GET', path: '/' + encodeURIComponent(text) }),
};

const parrot = defineProvider({
  provider: 'parrot', title: 'Parrot', keyVariable: 'PARROT_KEY', baseUrlVariable: 'PARROT_URL',
  headers: (key) => ({ 'x-key': key }),
  tools: {
    'canary.echo': async ({ text, mode }, call) => (WAYS[mode] ? WAYS[mode](text, call) : { output: { text } }),
    'llm.chat': async ({ prompt }) => ({ output: { text: prompt } }),
  },
});

export default [echo, parrot];
`;

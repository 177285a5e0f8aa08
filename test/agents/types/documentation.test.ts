import { expect, test } from '@jest/globals';
import { ask } from './capability-call';
import { typesOf } from './parts';

const types = typesOf();
const DOCS = ['docs', 'documentation_generation'] as const;

const DESK = `name: Refund desk
description: Decides a refund.
version: 2.0.0
trigger:
  event: app.refund.requested
  schedule: { cron: 0 8 * * 1-5, timezone: Europe/Madrid, payload: { text: daily, email: a@b.example } }
  payload:
    text: { type: string, description: What the customer writes. }
    email: { type: string, format: email, pii: email }
    language: { type: string, default: en }
steps:
  - { name: read, description: Reads it, tool: nlu.analyze, provider: openrouter|local, input: { text: '\${trigger.payload.text}', language: en } }
  - name: angry
    if: steps.read.output.sentiment == 'negative'
    waitFor: { signal: reply, from: [reviewer], form: { ok: boolean }, timeout: 24h, onTimeout: continue }
  - name: note
    if: trigger.payload.language == 'en'
    tool: payment.refund
    input: { payment: p1 }
    onError: continue
  - { name: refuse, if: steps.read.output.sentiment == 'positive', fail: { type: too-happy, detail: no } }
output: { sentiment: '\${steps.read.output.sentiment}' }
guards: { budget: { maxMs: 60000 }, security: { piiRedaction: true, dataRetention: 90d } }
`;

test('the page says what comes in, what goes out, who is called, what bounds it and how it fails', async () => {
  const { output } = await ask(types, DOCS, { definition: DESK });
  expect(output).toMatchObject({ id: 'refund-desk', version: '2.0.0', path: 'docs/workflows/refund-desk.md' });
  const page = String(output['page']);
  for (const line of [
    '# Refund desk',
    'Decides a refund.',
    '- By the event `app.refund.requested`.',
    '- At `0 8 * * 1-5` (Europe/Madrid).',
    '| `text` | text | yes | What the customer writes. |',
    '| `email` | text (email) | yes | Personal data (email). |',
    '| `language` | text | no, `"en"` |  |',
    '| `read` | Reads it (`nlu.analyze` by openrouter, then local) | always | the execution fails |',
    "| `angry` | asks reviewer for `reply` | `steps.read.output.sentiment == 'negative'` | goes on |",
    '| `refuse` | fails as `app/too-happy` |',
    '| `local` |',
    '- At most 1m, waits for people apart.',
    '- Personal data are replaced before a call leaves.',
    '- Deleted 90d after its end.',
    '- `app/too-happy`: raised by `refuse`.',
  ])
    expect(page).toContain(line);
  expect(page).toContain(`\`\`\`mermaid\n${String(output['diagram'])}\`\`\``);
});

test('the page of the flagship tells of every step', async () => {
  const page = String((await ask(types, DOCS, { workflowName: 'bilingual-coach' })).output['page']);
  for (const step of ['speech_to_text', 'natural_language_understanding', 'machine_translation', 'coach_feedback'])
    expect(page).toContain(`| \`${step}\` |`);
});

test('a definition with errors has no page, and says what is wrong', async () => {
  await expect(ask(types, DOCS, { definition: 'name: x' })).rejects.toMatchObject({
    problem: { type: 'validation', status: 422, data: { diagnostics: expect.arrayContaining([expect.anything()]) } },
  });
  await expect(ask(types, DOCS, { workflowName: 'bilingual-couch' })).rejects.toMatchObject({
    problem: { type: 'not-found', detail: expect.stringContaining('Did you mean bilingual-coach?') },
  });
});

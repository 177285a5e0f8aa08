/** Starts a definition with a payload from a form made of its types, or from JSON. */
import { useState } from 'preact/hooks';
import { ask } from '../ask';
import type { Schema } from '../forms/field';
import { drafted } from '../forms/field';
import { FormFields } from '../forms/schema-form';
import { useForm } from '../forms/use-form';
import { Button, Refused } from '../parts/parts';
import { hrefOf } from '../place';
import type { WorkflowDetail } from '../shapes';

export function RunForm({ definition }: { readonly definition: WorkflowDetail }) {
  const schema = (definition.input ?? {}) as Schema;
  const form = useForm(schema, '/payload');
  const [context, setContext] = useState('');
  const [fault, setFault] = useState<string>();
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const said = jsonIn(context);
    setFault(said === undefined ? 'must be JSON' : undefined);
    if (said === undefined) return;
    let started: { executionId: string } | undefined;
    const sent = await form.send(async (payload, key) => {
      started = await ask(`/workflows/${encodeURIComponent(definition.id)}/execute`, {
        method: 'POST',
        body: { payload, context: said },
        headers: { 'Idempotency-Key': key },
      });
    });
    if (sent && started !== undefined) location.hash = hrefOf(['executions', started.executionId]);
  };
  return (
    <section class="panel" aria-label="Start">
      <form class="form" noValidate onSubmit={(event) => void send(event)}>
        <FormFields schema={schema} draft={form.draft} faults={form.faults} onChange={form.change} />
        <details>
          <summary>Context, or the payload as JSON</summary>
          <div class="form" style={{ paddingInline: 0 }}>
            <div class="field">
              <label for="context">Context: who asks, for flags and rollouts</label>
              <textarea
                id="context"
                class="mono"
                spellcheck={false}
                placeholder={'{ "userId": "…" }'}
                value={context}
                onInput={(event) => setContext(event.currentTarget.value)}
              />
              {fault !== undefined && <span class="field-fault">{fault}</span>}
            </div>
            <div class="field">
              <label for="payload">Payload: paste JSON to fill in the form</label>
              <textarea
                id="payload"
                class="mono"
                spellcheck={false}
                onChange={(event) => {
                  const pasted = jsonIn(event.currentTarget.value);
                  if (pasted !== undefined) form.change(drafted(pasted));
                }}
              />
            </div>
          </div>
        </details>
        <Refused refusal={form.deed.refusal} />
        <div class="actions">
          <Button kind="first" type="submit" disabled={form.deed.busy}>
            Start
          </Button>
        </div>
      </form>
    </section>
  );
}

/** Undefined for what is no JSON; nothing typed is an empty object. */
function jsonIn(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

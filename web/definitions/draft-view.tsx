/** Says of a definition that somebody writes or pastes what publishing it would say, with the places, and draws it. */
import { useRef, useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { ask } from '../ask';
import { StepGraph } from '../graph/step-graph';
import { useDeed, useFound, useTitle } from '../hooks';
import { Button, Empty, Refused, Status, View } from '../parts/parts';
import { hrefOf } from '../place';
import type { Diagnostic, Validation } from '../shapes';
import { Findings } from './findings';

export function DraftView(_: ViewOf) {
  useTitle('Draft');
  const [text, setText] = useState('');
  const written = text.trim() === '' ? undefined : { definition: text };
  const { value: found, refusal } = useFound<Validation>('/validations', written);
  const editor = useRef<HTMLTextAreaElement>(null);
  const publishing = useDeed();
  const show = ({ line, column, length }: Diagnostic): void => {
    const from = offsetOf(text, line) + column - 1;
    const { current } = editor;
    if (current === null) return;
    current.focus();
    current.setSelectionRange(from, from + length);
    // A selection by a program does not scroll.
    current.scrollTop = Math.max(0, line - 4) * parseFloat(getComputedStyle(current).lineHeight);
  };
  const publish = async (): Promise<void> => {
    const id = found?.id;
    if (id === undefined) return;
    const done = await publishing.run(() => ask(`/workflows/${encodeURIComponent(id)}`, { method: 'PUT', body: text }));
    if (done) location.hash = hrefOf(['definitions', id]);
  };
  return (
    <View
      title="Check a draft"
      facts={found !== undefined && <Status of={found.valid ? 'valid' : 'error'} />}
      actions={
        <Button kind="first" disabled={found?.valid !== true || publishing.busy} onClick={() => void publish()}>
          Publish{found?.id === undefined ? '' : ` ${found.id}`}
        </Button>
      }
    >
      <Refused refusal={publishing.refusal ?? refusal} />
      <div class="master is-even">
        <section class="panel" aria-label="Draft">
          <textarea
            ref={editor}
            class="draft"
            aria-label="Definition in YAML"
            placeholder="Paste a definition here. It is checked as you write, and nothing is kept until you publish it."
            spellcheck={false}
            value={text}
            onInput={(event) => {
              publishing.clear();
              setText(event.currentTarget.value);
            }}
          />
        </section>
        <div class="master">
          {found === undefined ? (
            <Empty title="Findings and the drawing show up here." />
          ) : (
            <Findings diagnostics={found.diagnostics} onChoose={show} />
          )}
          {found?.tree !== undefined && (
            <section class="panel" aria-label="Steps">
              <StepGraph tree={found.tree} />
            </section>
          )}
        </div>
      </div>
    </View>
  );
}

function offsetOf(text: string, line: number): number {
  return text
    .split('\n')
    .slice(0, line - 1)
    .reduce((sum, one) => sum + one.length + 1, 0);
}

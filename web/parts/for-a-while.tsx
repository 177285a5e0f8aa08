/** A dialog for what stands for a while only: for how long, and why. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Deed } from '../hooks';
import { Dialog } from './dialog';
import { Button, Refused } from './parts';

interface ForAWhileProps {
  readonly title: string;
  /** What it will come to. */
  readonly detail: string;
  readonly deed: Deed;
  /** A duration of the language, and how it is read; the first is taken unless another is chosen. */
  readonly lengths: readonly (readonly [value: string, text: string])[];
  readonly done: string;
  /** `reason` is empty when none is given. */
  readonly send: (length: string, reason: string) => void;
  readonly onClose: () => void;
  /** Fields above. */
  readonly children?: ComponentChildren;
}

export function ForAWhile({ title, detail, deed, lengths, done, send, onClose, children }: ForAWhileProps) {
  const [length, setLength] = useState(lengths[0]?.[0] ?? '');
  const [reason, setReason] = useState('');
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{detail}</p>
      <form
        class="alone-form"
        onSubmit={(event) => {
          event.preventDefault();
          send(length, reason.trim());
        }}
      >
        {children}
        <label class="field">
          <span>For</span>
          <select value={length} onChange={(event) => setLength(event.currentTarget.value)}>
            {lengths.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>
            Why <span class="faint">optional, for whoever looks at it</span>
          </span>
          <input value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <Refused refusal={deed.refusal} />
        <div class="actions">
          <button class="button is-first" disabled={deed.busy}>
            {done}
          </button>
          <Button onClick={onClose}>Not now</Button>
        </div>
      </form>
    </Dialog>
  );
}

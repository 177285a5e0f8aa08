/** Silences an alert for a while, or ends a silence. */
import { useState } from 'preact/hooks';
import { ask } from '../ask';
import { useDeed } from '../hooks';
import { Dialog } from '../parts/dialog';
import { Button, Refused } from '../parts/parts';
import type { Alert } from '../shapes';

const LENGTHS = [
  ['30m', '30 minutes'],
  ['2h', '2 hours'],
  ['12h', '12 hours'],
  ['7d', '7 days'],
] as const;

interface SilenceProps {
  readonly alert: Alert;
  readonly changed: () => void;
}

export function Silence({ alert: { id, name, silence }, changed }: SilenceProps) {
  const [open, setOpen] = useState(false);
  const [length, setLength] = useState<string>(LENGTHS[1][0]);
  const [reason, setReason] = useState('');
  const deed = useDeed();
  const send = async (body: object): Promise<void> => {
    const path = `/monitoring/alerts/${encodeURIComponent(id)}/silence`;
    if (!(await deed.run(() => ask(path, { method: 'POST', body })))) return;
    setOpen(false);
    changed();
  };
  if (silence !== undefined)
    return (
      <>
        <Button kind="first" disabled={deed.busy} onClick={() => void send({ for: '0s' })}>
          End the silence
        </Button>
        <Refused refusal={deed.refusal} />
      </>
    );
  return (
    <>
      <Button onClick={() => setOpen(true)}>Silence …</Button>
      {open && (
        <Dialog title={`Silence ${name}`} onClose={() => setOpen(false)}>
          <p>It is looked at and on record all the same. If it still fires afterwards, somebody is told then.</p>
          <form
            class="alone-form"
            onSubmit={(event) => {
              event.preventDefault();
              void send({ for: length, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) });
            }}
          >
            <label class="field">
              <span>For</span>
              <select value={length} onChange={(event) => setLength(event.currentTarget.value)}>
                {LENGTHS.map(([value, text]) => (
                  <option key={value} value={value}>
                    {text}
                  </option>
                ))}
              </select>
            </label>
            <label class="field">
              <span>
                Why <span class="faint">optional</span>
              </span>
              <input value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} />
            </label>
            <Refused refusal={deed.refusal} />
            <div class="actions">
              <button class="button is-first" disabled={deed.busy}>
                Silence it
              </button>
              <Button onClick={() => setOpen(false)}>Not now</Button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}

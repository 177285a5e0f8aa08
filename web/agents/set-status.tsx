/** Sets how an agent is, for a while: it then gets no new tasks. */
import { useState } from 'preact/hooks';
import { ask } from '../ask';
import { useDeed } from '../hooks';
import { Dialog } from '../parts/dialog';
import { Button, Refused } from '../parts/parts';
import type { AgentDetail } from '../shapes';

const STATUSES = ['paused', 'busy', 'draining', 'offline'] as const;
const LENGTHS = [
  ['15m', '15 minutes'],
  ['1h', 'an hour'],
  ['4h', '4 hours'],
  ['24h', 'a day'],
] as const;

interface SetStatusProps {
  readonly agent: AgentDetail;
  readonly changed: () => void;
}

export function SetStatus({ agent: { id, name, override }, changed }: SetStatusProps) {
  const [open, setOpen] = useState(false);
  const [status, setStatus] = useState<string>(STATUSES[0]);
  const [length, setLength] = useState<string>(LENGTHS[0][0]);
  const [note, setNote] = useState('');
  const deed = useDeed();
  const send = async (body: object): Promise<void> => {
    if (!(await deed.run(() => ask(`/agents/${encodeURIComponent(id)}/status`, { method: 'POST', body })))) return;
    setOpen(false);
    changed();
  };
  return (
    <>
      {override !== undefined && (
        <Button kind="first" disabled={deed.busy} onClick={() => void send({ status: 'idle' })}>
          End {override.status}
        </Button>
      )}
      <Button onClick={() => setOpen(true)}>Set status …</Button>
      {!open && <Refused refusal={deed.refusal} />}
      {open && (
        <Dialog title={`Set the status of ${name}`} onClose={() => setOpen(false)}>
          <p>It gets no new tasks for that time. What it works on it ends.</p>
          <form
            class="alone-form"
            onSubmit={(event) => {
              event.preventDefault();
              const why = note.trim();
              void send({ status, expiresIn: length, ...(why === '' ? {} : { metadata: { note: why } }) });
            }}
          >
            <label class="field">
              <span>Status</span>
              <select value={status} onChange={(event) => setStatus(event.currentTarget.value)}>
                {STATUSES.map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            </label>
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
                Why <span class="faint">optional, everybody who sees agents sees it</span>
              </span>
              <input value={note} maxLength={200} onInput={(event) => setNote(event.currentTarget.value)} />
            </label>
            <Refused refusal={deed.refusal} />
            <div class="actions">
              <button class="button is-first" disabled={deed.busy}>
                Set
              </button>
              <Button onClick={() => setOpen(false)}>Not now</Button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}

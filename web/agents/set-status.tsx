/** Sets how an agent is, for a while: it then gets no new tasks. */
import { useState } from 'preact/hooks';
import { ask } from '../ask';
import { useDeed } from '../hooks';
import { ForAWhile } from '../parts/for-a-while';
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
        <ForAWhile
          title={`Set the status of ${name}`}
          detail="It gets no new tasks for that time. What it works on it ends."
          deed={deed}
          lengths={LENGTHS}
          done="Set"
          send={(length, note) =>
            void send({ status, expiresIn: length, ...(note === '' ? {} : { metadata: { note } }) })
          }
          onClose={() => setOpen(false)}
        >
          <label class="field">
            <span>Status</span>
            <select value={status} onChange={(event) => setStatus(event.currentTarget.value)}>
              {STATUSES.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        </ForAWhile>
      )}
    </>
  );
}

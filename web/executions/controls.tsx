/** What can be done with an execution, as far as the caller may; what cannot be taken back asks first. */
import { useRef, useState } from 'preact/hooks';
import { ask, freshKey } from '../ask';
import { useDeed } from '../hooks';
import { Dialog } from '../parts/dialog';
import { Button, Refused } from '../parts/parts';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { Execution } from '../shapes';

interface ControlsProps {
  readonly execution: Execution;
  /** Looks at it again. */
  readonly again: () => void;
}

export function Controls({ execution, again }: ControlsProps) {
  const { executionId, status } = execution;
  const control = useMay('execution:control');
  const terminate = useMay('execution:terminate');
  const rerun = useMay('execution:rerun');
  const deed = useDeed();
  const address = `/executions/${encodeURIComponent(executionId)}`;
  const send = (what: string) => () =>
    void deed.run(() => ask(`${address}/${what}`, { method: 'POST' })).then((done) => done && again());
  if (status !== 'running' && status !== 'paused') return rerun ? <Rerun execution={execution} /> : null;
  return (
    <>
      {control && status === 'running' && (
        <Button disabled={deed.busy} onClick={send('pause')}>
          Pause
        </Button>
      )}
      {control && status === 'paused' && (
        <Button kind="first" disabled={deed.busy} onClick={send('resume')}>
          Resume
        </Button>
      )}
      {control && (
        <Sure
          text="Cancel …"
          title="Cancel this execution?"
          detail="Calls that run are asked to stop, finished steps with a compensation are undone, and finally runs."
          path={`${address}/cancel`}
          done={again}
        />
      )}
      {terminate && (
        <Sure
          text="Terminate …"
          title="Terminate this execution?"
          detail="It ends at once: nothing is undone, and finally does not run. Cancel is the gentle way."
          path={`${address}/terminate`}
          done={again}
        />
      )}
      <Refused refusal={deed.refusal} />
    </>
  );
}

interface SureProps {
  readonly text: string;
  readonly title: string;
  readonly detail: string;
  readonly path: string;
  readonly done: () => void;
}

function Sure({ text, title, detail, path, done }: SureProps) {
  const [open, setOpen] = useState(false);
  const deed = useDeed();
  const go = async (): Promise<void> => {
    if (!(await deed.run(() => ask(path, { method: 'POST' })))) return;
    setOpen(false);
    done();
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>{text}</Button>
      {open && (
        <Dialog title={title} onClose={() => setOpen(false)}>
          <p>{detail}</p>
          <Refused refusal={deed.refusal} />
          <div class="actions">
            <Button kind="danger" disabled={deed.busy} onClick={() => void go()}>
              {text.replace(' …', '')}
            </Button>
            <Button onClick={() => setOpen(false)}>Leave it running</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

interface RerunProps {
  readonly execution: Execution;
  /** Path of the step to begin with; absent: where it stopped. */
  readonly from?: string;
  readonly kind?: 'plain' | 'first';
}

export function Rerun({ execution, from, kind = 'plain' }: RerunProps) {
  const { executionId, status, steps } = execution;
  const [open, setOpen] = useState(false);
  const [step, setStep] = useState(from ?? '');
  const deed = useDeed();
  // One dialog is one rerun, however often it is sent.
  const key = useRef('');
  const names = steps.filter(({ phase }) => phase === undefined || phase === 'handler').map(({ path }) => path);
  const show = (): void => {
    key.current = freshKey();
    setStep(from ?? '');
    deed.clear();
    setOpen(true);
  };
  const go = async (): Promise<void> => {
    let started: { executionId: string } | undefined;
    const body = step === '' ? {} : { from: step };
    const headers = { 'Idempotency-Key': `${key.current}-${step}` };
    const path = `/executions/${encodeURIComponent(executionId)}/rerun`;
    const done = await deed.run(async () => (started = await ask(path, { method: 'POST', body, headers })));
    if (done && started !== undefined) location.hash = hrefOf(['executions', started.executionId]);
  };
  return (
    <>
      <Button kind={kind} onClick={show}>
        {from === undefined ? 'Rerun …' : 'Rerun from here …'}
      </Button>
      {open && (
        <Dialog title="Run it again" onClose={() => setOpen(false)}>
          <p>
            A new execution takes over what had ended well before the step, calls nothing of that again, and goes by the
            same definition, payload and keys.
          </p>
          <label>
            <span class="label">Begin with</span>
            <select value={step} onChange={(event) => setStep(event.currentTarget.value)}>
              {status !== 'completed' && <option value="">where it stopped</option>}
              {status === 'completed' && step === '' && <option value="">choose a step</option>}
              {names.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <Refused refusal={deed.refusal} />
          <div class="actions">
            <Button
              kind="first"
              disabled={deed.busy || (status === 'completed' && step === '')}
              onClick={() => void go()}
            >
              Rerun
            </Button>
            <Button onClick={() => setOpen(false)}>Not now</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

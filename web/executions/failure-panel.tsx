/** Why an execution failed: the step, what was tried, and what to do next. Stands open by itself. */
import { plural } from '../format';
import { Table } from '../parts/table';
import { useMay } from '../session';
import type { Execution } from '../shapes';
import { adviceFor } from './advice';
import type { Failure, Tried } from './failure';
import { Rerun } from './controls';

/** What the API shows in place of data to callers without `execution:reveal`. */
const MASKED = '[hidden]';

interface FailurePanelProps {
  readonly execution: Execution;
  readonly failure: Failure;
  readonly onChoose: (path: string) => void;
}

export function FailurePanel({ execution, failure, onChoose }: FailurePanelProps) {
  const { problem, step, tried } = failure;
  const rerun = useMay('execution:rerun');
  return (
    <section class="failure" aria-label="Failure" role="alert">
      <h2>{problem.title}</h2>
      <p class="failure-detail">
        {problem.detail === MASKED ? 'What it says is hidden from your roles: it may quote data.' : problem.detail}
      </p>
      {(problem.errors ?? []).length > 1 && (
        <ul>
          {problem.errors?.map(({ pointer, detail }) => (
            <li key={pointer}>
              <code>{pointer}</code> {detail}
            </li>
          ))}
        </ul>
      )}
      <p>{adviceFor(problem.type)}</p>
      {step !== undefined && (
        <p>
          In the step{' '}
          <button type="button" class="link" onClick={() => onChoose(step.path)}>
            {step.path}
          </button>
          {step.attempts > 1 && `, after ${plural(step.attempts, 'attempt')}`}
          {problem.provider !== undefined && <>, by {problem.provider}</>}. <span class="faint">{problem.type}</span>
        </p>
      )}
      <TriedList tried={tried} />
      {rerun && (
        <div class="actions">
          <Rerun
            execution={execution}
            kind="first"
            {...(step?.phase === undefined && step ? { from: step.path } : {})}
          />
        </div>
      )}
    </section>
  );
}

export function TriedList({ tried }: { readonly tried: readonly Tried[] }) {
  if (tried.length === 0) return null;
  return (
    <section aria-label="What was tried">
      <h3>What was tried</h3>
      <Table
        label="What was tried"
        rows={tried}
        keyOf={(_, index) => index}
        columns={[
          { name: 'Provider', kind: 'short', cell: ({ provider }) => provider },
          { name: 'Outcome', kind: 'short', cell: ({ outcome }) => outcome },
          { name: 'Attempts', kind: 'number', cell: ({ attempts }) => attempts ?? '' },
          { name: 'Why', kind: 'wide', cell: ({ detail }) => detail ?? '' },
        ]}
      />
    </section>
  );
}

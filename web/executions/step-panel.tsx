/** One step: what it was given, what it gave, what it tried, what it spent. */
import { count, duration, usd } from '../format';
import { useAsked } from '../hooks';
import { JsonView } from '../parts/json-view';
import { Fact, Refused, Status, When } from '../parts/parts';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { Execution, Step, StepDetail } from '../shapes';
import { statusOf } from '../graph/overlay';
import { Rerun } from './controls';
import { triedBy } from './failure';
import { TriedList } from './failure-panel';

const LOOK_MS = 5000;

interface StepPanelProps {
  readonly execution: Execution;
  readonly step: Step;
  /** What a model has written so far. */
  readonly text: string | undefined;
  readonly onClose: () => void;
}

export function StepPanel({ execution, step, text, onClose }: StepPanelProps) {
  const { executionId, status } = execution;
  const address = `/executions/${encodeURIComponent(executionId)}/steps/${encodeURIComponent(step.path)}`;
  // Its input is in the history, which is read while somebody looks, and once more when the step has ended.
  const { value: detail, refusal } = useAsked<StepDetail>(address, step.endedAt === undefined ? LOOK_MS : undefined);
  const rerun = useMay('execution:rerun') && status !== 'running' && status !== 'paused';
  const inside = step.phase === undefined || step.phase === 'handler';
  return (
    <section class="panel step-panel" aria-label={`Step ${step.path}`}>
      <header class="panel-head">
        <h2>
          {step.name} <Status of={statusOf(step)} />
        </h2>
        <button type="button" class="link" onClick={onClose} aria-label="Close the step">
          Close
        </button>
      </header>
      <div class="pad">
        <StepFacts step={step} />
        {step.error !== undefined && (
          <div class="refused">
            <strong>{step.error.title}</strong>
            <p>{step.error.detail}</p>
            <p class="faint">{step.error.type}</p>
          </div>
        )}
        <Refused refusal={refusal} />
        {step.childExecutionId !== undefined && (
          <p>
            Started <a href={hrefOf(['executions', step.childExecutionId])}>{step.childExecutionId}</a>
          </p>
        )}
        {step.task !== undefined && (
          <p>
            <a href={hrefOf(['tasks', step.task.id])}>The question and its answer</a>
          </p>
        )}
        {text !== undefined && step.endedAt === undefined && (
          <>
            <h3>Being written</h3>
            <p class="written">{text}</p>
          </>
        )}
        {detail?.input !== undefined && (
          <>
            <h3>Input</h3>
            <JsonView value={detail.input} />
          </>
        )}
        {step.output !== undefined && (
          <>
            <h3>Output</h3>
            <JsonView value={step.output} />
          </>
        )}
        <TriedList tried={triedBy(step)} />
        {rerun && inside && (
          <div class="actions">
            <Rerun execution={execution} from={step.path} />
          </div>
        )}
      </div>
    </section>
  );
}

function StepFacts({ step }: { readonly step: Step }) {
  const { path, kind, provider, attempts, startedAt, waitMs, runMs, usage, phase, reused } = step;
  return (
    <p class="facts">
      <Fact name="path">
        <code>{path}</code>
      </Fact>
      <Fact name="kind">{kind}</Fact>
      {phase !== undefined && <Fact name="phase">{phase}</Fact>}
      {provider !== undefined && <Fact name="provider">{provider}</Fact>}
      {attempts > 0 && <Fact name="attempts">{attempts}</Fact>}
      <Fact name="began">
        <When at={startedAt} />
      </Fact>
      {step.endedAt !== undefined && (
        <>
          <Fact name="worked">{duration(runMs)}</Fact>
          <Fact name="waited">{duration(waitMs)}</Fact>
        </>
      )}
      {usage !== undefined && (
        <>
          <Fact name="tokens">
            {count(usage.inputTokens)} in, {count(usage.outputTokens)} out
          </Fact>
          <Fact name="cost">{usd(usage.costUsd)}</Fact>
          {usage.model !== undefined && <Fact name="model">{usage.model}</Fact>}
        </>
      )}
      {reused === true && <Fact name="record">taken over, nothing was called</Fact>}
    </p>
  );
}

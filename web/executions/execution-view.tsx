/** One execution: how it stands, why it failed, its steps as a drawing and over time, and what can be done with it. */
import { useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import type { Refusal } from '../ask';
import { count, duration, usd } from '../format';
import { overlay, patternOf } from '../graph/overlay';
import { StepGraph } from '../graph/step-graph';
import { replacePlace, useAsked, useNow, useTitle } from '../hooks';
import { JsonView } from '../parts/json-view';
import { Fact, Loading, Refused, Status, View, When } from '../parts/parts';
import { hrefOf } from '../place';
import { useSession } from '../session';
import { TraceLink, useTraces } from '../traces/trace-link';
import type { Execution, StepTree, TraceSummary } from '../shapes';
import { Controls } from './controls';
import { FailurePanel } from './failure-panel';
import { failureOf } from './failure';
import type { Live } from './live';
import { StepPanel } from './step-panel';
import { TimelineChart } from './timeline-chart';
import { useAttempts } from './use-attempts';
import { useExecution } from './use-execution';

export function ExecutionView({ place }: ViewOf) {
  const id = place.path[1] ?? '';
  useTitle(id);
  const { live, refusal, again } = useExecution(id);
  if (live === undefined)
    return <View title="Execution">{refusal === undefined ? <Loading /> : <Refused refusal={refusal} />}</View>;
  return <Shown live={live} refusal={refusal} chosen={place.query['step']} again={again} />;
}

interface ShownProps {
  readonly live: Live;
  /** Why it is not fresh. */
  readonly refusal: Refusal | undefined;
  /** Path of a step. */
  readonly chosen: string | undefined;
  readonly again: () => void;
}

function Shown({ live: { execution, texts }, refusal: stale, chosen, again }: ShownProps) {
  const { executionId, workflow, version, status, steps } = execution;
  const running = status === 'running' || status === 'paused';
  const tick = useNow(running ? 1000 : 60_000);
  const now = running ? tick : Date.parse(execution.endedAt ?? execution.startedAt);
  const { value: tree, refusal } = useAsked<StepTree>(`/executions/${encodeURIComponent(executionId)}/tree`);
  const traces = useTraces(executionId);
  const attempts = useAttempts(executionId, traces, running);
  const states = overlay(steps);
  const failure = failureOf(execution);
  const choose = (path: string | undefined): void =>
    replacePlace(hrefOf(['executions', executionId], { step: path === chosen ? undefined : path }));
  const step = steps.find(({ path }) => path === chosen);
  return (
    <View
      title={
        <>
          <a href={hrefOf(['definitions', workflow])}>{workflow}</a>
          {version !== undefined && <span class="faint"> v{version}</span>} <Status of={shownStatus(execution)} />
        </>
      }
      facts={<Facts execution={execution} now={now} />}
      actions={<Controls execution={execution} again={again} />}
    >
      <Refused refusal={stale} />
      <Banners execution={execution} />
      {failure !== undefined && <FailurePanel execution={execution} failure={failure} onChoose={choose} />}
      <div class={`split${step === undefined ? '' : ' is-split'}`}>
        <section class="panel" aria-label="Steps">
          {tree === undefined ? (
            refusal === undefined ? (
              <Loading />
            ) : (
              <p class="faint pad">{refusal.problem.detail}</p>
            )
          ) : (
            <StepGraph
              tree={tree}
              states={states}
              {...(chosen === undefined ? {} : { chosen: patternOf(chosen) })}
              onChoose={(pattern) => choose(states.get(pattern)?.path)}
            />
          )}
        </section>
        {step !== undefined && (
          <StepPanel
            key={step.path}
            execution={execution}
            step={step}
            text={texts[step.path]}
            onClose={() => choose(undefined)}
          />
        )}
      </div>
      <TimelineChart steps={steps} now={now} attempts={attempts} chosen={chosen} onChoose={choose} />
      <Ends execution={execution} traces={traces} />
    </View>
  );
}

/** Whether it runs or only waits for somebody. */
function shownStatus({ status, steps }: Execution): string {
  const asks = steps.some(({ task, status: own }) => own === 'running' && task?.status === 'open');
  return status === 'running' && asks ? 'waiting' : status;
}

function Facts({ execution, now }: { readonly execution: Execution; readonly now: number }) {
  const { executionId, origin, startedAt, endedAt, usage } = execution;
  const took = (endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt);
  const tokens = usage.inputTokens + usage.outputTokens;
  return (
    <>
      <Fact name="id">
        <code class="clip">{executionId}</code>
      </Fact>
      <Fact name="by">{origin}</Fact>
      <Fact name="started">
        <When at={startedAt} />
      </Fact>
      <Fact name="took">{duration(took)}</Fact>
      <Fact name="tokens">
        {count(tokens)}
        {usage.estimated === true && <abbr title="A vendor could not tell part of it"> about</abbr>}
      </Fact>
      <Fact name="cost">
        {usd(usage.costUsd)}
        {usage.unpriced === true && <abbr title="The price of a call is unknown"> at least</abbr>}
      </Fact>
    </>
  );
}

function Banners({ execution }: { readonly execution: Execution }) {
  const { engineError, paused, source, rerun, reruns = [], steps } = execution;
  const asked = steps.filter(({ task, status }) => status === 'running' && task?.status === 'open');
  return (
    <>
      {engineError !== undefined && (
        <div class="banner is-failed" role="alert">
          <strong>The engine does not get on</strong> {engineError.detail}
          {engineError.attempts > 1 && ` Tried ${engineError.attempts} times.`}
          {engineError.since !== undefined && (
            <>
              {' '}
              Since <When at={engineError.since} />.
            </>
          )}
        </div>
      )}
      {paused !== undefined && (
        <div class="banner is-paused">
          <strong>Paused</strong> by {paused.by}, <When at={paused.since} />. No further call begins until it is
          resumed.
        </div>
      )}
      {asked.map(({ path, name, task }) => (
        <div class="banner is-waiting" key={path}>
          <strong>{name}</strong> waits for{' '}
          {task === undefined || task.roles.length === 0 ? 'anyone' : task.roles.join(', ')}
          {task?.deadline !== undefined && (
            <>
              , due <When at={task.deadline} />
            </>
          )}
          . {task !== undefined && <a href={hrefOf(['tasks', task.id])}>Answer</a>}
        </div>
      ))}
      {source === 'history' && (
        <div class="banner">
          No engine worker answers: only steps that called a tool are known, from Temporal’s history.
        </div>
      )}
      {rerun !== undefined && (
        <div class="banner">
          A rerun of <a href={hrefOf(['executions', rerun.of])}>{rerun.of}</a>
          {rerun.from !== undefined && (
            <>
              {' '}
              from <code>{rerun.from}</code>
            </>
          )}
          {rerun.reused !== undefined && `, which took over ${rerun.reused} records`}
          {rerun.usage !== undefined && `. Before it ${usd(rerun.usage.costUsd)} were spent`}.
        </div>
      )}
      {reruns.length > 0 && (
        <div class="banner">
          Run again:{' '}
          {reruns.map((one) => (
            <span key={one.executionId}>
              <a href={hrefOf(['executions', one.executionId])}>{one.from ?? 'from where it stopped'}</a>{' '}
              <Status of={one.status} />{' '}
            </span>
          ))}
        </div>
      )}
    </>
  );
}

function Ends({ execution, traces }: { readonly execution: Execution; readonly traces: readonly TraceSummary[] }) {
  const { output, vars, snapshot } = execution;
  const [open, setOpen] = useState(false);
  const { links } = useSession();
  const { executionId, runId } = execution;
  const temporal =
    links.temporal &&
    `${links.temporal}/workflows/${encodeURIComponent(executionId)}/${encodeURIComponent(runId)}/history`;
  return (
    <>
      {output !== undefined && (
        <section class="panel" aria-label="Output">
          <header class="panel-head">
            <h2>Output</h2>
          </header>
          <JsonView value={output} />
        </section>
      )}
      <section class="panel" aria-label="More">
        <header class="panel-head">
          <h2>
            <button type="button" class="link" aria-expanded={open} onClick={() => setOpen(!open)}>
              Variables, flags, settings and prices of its start
            </button>
          </h2>
          <span class="actions">
            <TraceLink executionId={executionId} traces={traces} />
            {temporal !== undefined && (
              <a href={temporal} target="_blank" rel="noreferrer">
                Temporal Web UI ↗
              </a>
            )}
          </span>
        </header>
        {open && <JsonView value={{ vars: vars ?? {}, ...snapshot }} open={3} />}
      </section>
    </>
  );
}

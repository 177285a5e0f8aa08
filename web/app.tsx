/** The frame around every view: who is signed in, where one can go, and which view the address names. */
import type { ComponentType } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { AgentTaskView } from './agents/agent-task-view';
import { AgentTasksView } from './agents/agent-tasks-view';
import { AgentView } from './agents/agent-view';
import { AgentsView } from './agents/agents-view';
import { AlertView } from './alerts/alert-view';
import { AlertsView } from './alerts/alerts-view';
import { RuleView } from './alerts/rule-view';
import { ask, refusalOf, SIGNED_OUT } from './ask';
import type { Refusal } from './ask';
import { AuditView } from './audit/audit-view';
import { DefinitionView } from './definitions/definition-view';
import { DefinitionsView } from './definitions/definitions-view';
import { DraftView } from './definitions/draft-view';
import { ExecutionView } from './executions/execution-view';
import { ExecutionsView } from './executions/executions-view';
import { usePlace } from './hooks';
import { KeysView } from './keys/keys-view';
import { MetricsView } from './metrics/metrics-view';
import { Navigation } from './navigation';
import { Empty, Loading, Refused, View } from './parts/parts';
import { hrefOf } from './place';
import type { Place } from './place';
import { ServerView } from './servers/server-view';
import { ServersView } from './servers/servers-view';
import { SessionContext } from './session';
import { FlagsView } from './settings/flags-view';
import { SettingsView } from './settings/settings-view';
import type { Session } from './shapes';
import { SignIn } from './sign-in';
import { TraceView } from './traces/trace-view';
import { TracesView } from './traces/traces-view';
import { TasksView } from './tasks/tasks-view';

export interface ViewOf {
  readonly place: Place;
}

/** By the first word of the address; with a second word the view of one thing. */
const VIEWS: Readonly<Record<string, readonly [all: ComponentType<ViewOf>, one?: ComponentType<ViewOf>]>> = {
  executions: [ExecutionsView, ExecutionView],
  tasks: [TasksView, TasksView],
  definitions: [DefinitionsView, DefinitionView],
  draft: [DraftView],
  agents: [AgentsView, AgentView],
  'agent-tasks': [AgentTasksView, AgentTaskView],
  providers: [ServersView, ServerView],
  metrics: [MetricsView],
  traces: [TracesView, TraceView],
  alerts: [AlertsView, AlertView],
  'alert-rule': [RuleView, RuleView],
  flags: [FlagsView, FlagsView],
  settings: [SettingsView, SettingsView],
  keys: [KeysView],
  audit: [AuditView],
};

export function App() {
  const place = usePlace();
  const [session, setSession] = useState<Session>();
  const [refusal, setRefusal] = useState<Refusal>();
  const find = useCallback(async () => {
    try {
      setSession(await ask<Session>('/session'));
      setRefusal(undefined);
    } catch (error) {
      const { problem } = refusalOf(error);
      setSession(undefined);
      setRefusal(problem.status === 401 ? undefined : refusalOf(error));
      if (problem.status === 401) location.replace(signInHref());
    }
  }, []);
  const signingIn = place.path[0] === 'sign-in';
  useEffect(() => {
    if (!signingIn && session === undefined) void find();
  }, [signingIn]);
  useEffect(() => {
    const left = (): void => {
      setSession(undefined);
      location.replace(signInHref());
    };
    addEventListener(SIGNED_OUT, left);
    return () => removeEventListener(SIGNED_OUT, left);
  }, []);

  if (signingIn) return <SignIn place={place} onSignedIn={find} />;
  if (session === undefined)
    return (
      <div class="alone">
        {refusal === undefined ? <Loading /> : <Refused refusal={refusal} />}
        {refusal !== undefined && (
          <button type="button" class="button is-plain" onClick={() => void find()}>
            Ask again
          </button>
        )}
      </div>
    );
  const [name = 'executions', one] = place.path;
  const [All, One] = VIEWS[name] ?? [];
  const Shown = one === undefined ? All : One;
  return (
    <SessionContext.Provider value={session}>
      <a class="skip" href="#main" onClick={skip}>
        Skip to content
      </a>
      <div class="frame">
        <Navigation current={name} />
        {Shown === undefined ? <Nowhere /> : <Shown place={place} key={`${name}/${one ?? ''}`} />}
      </div>
    </SessionContext.Provider>
  );
}

/** The address is the view's, so the jump is made by hand. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function signInHref(): string {
  const here = location.hash.length > 2 && !location.hash.startsWith('#/sign-in') ? `/${location.hash}` : undefined;
  return hrefOf(['sign-in'], { to: here });
}

function Nowhere() {
  return (
    <View title="Nothing here">
      <Empty title="There is no such view.">
        <a href={hrefOf(['executions'])}>Executions</a>
      </Empty>
    </View>
  );
}

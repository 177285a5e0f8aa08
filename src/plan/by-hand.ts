/** A task that people do where no agent does: a plan of one question, so that it stands in the ordinary inbox. */
import type { AgentTaskRequest } from './agent';
import type { Plan } from './plan';
import { PLAN_SCHEMA_VERSION } from './plan';

/** Workflow type of such an execution. */
export const BY_HAND_ID = 'agent-task-by-hand';

/** Asks those roles; who sees the execution sees in `vars` what was asked for. */
export function byHandPlan(request: AgentTaskRequest, roles: readonly string[]): Plan {
  const { taskId, capability, output, terms } = request;
  return {
    schemaVersion: PLAN_SCHEMA_VERSION,
    id: BY_HAND_ID,
    name: `${capability} by hand`,
    version: '1.0.0',
    // Forms differ from task to task, and are remembered by the hash of their plan.
    hash: `${BY_HAND_ID} ${taskId}`,
    events: [],
    input: {},
    steps: [
      {
        kind: 'set',
        name: 'asked',
        values: {
          capability: { kind: 'literal', value: capability },
          input: { kind: 'expression', source: 'trigger.payload' },
        },
      },
      {
        kind: 'waitFor',
        name: 'task',
        description: `${terms?.description ?? capability} (no agent was there for ${capability})`,
        signal: 'task',
        from: roles,
        form: output ?? {},
        reminders: [],
      },
    ],
    guards: { budget: {}, security: { piiRedaction: false, encryption: false } },
  };
}

/** The platform's types of agents, on the parts that they work with. */
import type { AgentType } from '../agents/capability';
import { createAgentTypes } from '../agents/types/types';
import type { TaskRunner } from '../agents/types/workflow-execution';
import { validateValue } from '../language/validate';
import { agentTaskWorkflowId } from '../plan/agent';
import { invalid } from './faults';
import type { StartParts } from './start';

export function agentTypes(parts: StartParts): readonly AgentType[] {
  return createAgentTypes({ runner: taskRunner(parts) });
}

function taskRunner({ catalogue, executions }: StartParts): TaskRunner {
  return {
    async start({ executionId, workflow, payload, context, taskId, parent }) {
      const { plan, snapshot } = await catalogue.loadPlan(workflow, () => ({ payload, context }));
      const { value, faults } = validateValue(plan.input, payload, '/payload');
      if (faults.length > 0) throw invalid('The payload', faults);
      // Whoever asked for the task has asked for its execution, and answers none of its questions.
      const by = await executions.requester(agentTaskWorkflowId(taskId));
      await executions.start({
        plan,
        snapshot,
        payload: value,
        context,
        within: { executionId, parent },
        ...(by === undefined ? {} : { by }),
      });
    },
    outcome: (executionId, signal) => executions.outcome(executionId, signal),
    cancel: (executionId) => executions.cancel(executionId),
    describe: (executionId) => executions.describe(executionId),
  };
}

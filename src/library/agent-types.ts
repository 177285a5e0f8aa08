/** The platform's types of agents, on the parts that they work with. */
import type { AgentType } from '../agents/capability';
import type { DefinitionShelf } from '../agents/types/given-definition';
import { createAgentTypes } from '../agents/types/types';
import type { TaskRunner } from '../agents/types/workflow-execution';
import { definitionFolder } from '../catalogue/definition-folder';
import type { Config } from '../config';
import { validateValue } from '../language/validate';
import { agentTaskWorkflowId } from '../plan/agent';
import { OmniError } from '../plan/problem';
import { dependencySource } from './dependency-source';
import { invalid } from './faults';
import { scenarioBench } from './scenario-bench';
import type { StartParts } from './start';

export interface AgentTypesParts extends StartParts {
  readonly config: Pick<Config, 'definitionsDir' | 'featureFlags' | 'root'>;
}

export function agentTypes(parts: AgentTypesParts): readonly AgentType[] {
  const { registry, config } = parts;
  const definitions = shelf(parts);
  return createAgentTypes({
    registry,
    definitions,
    runner: taskRunner(parts),
    bench: scenarioBench({ registry, config, definition: (id) => definitions.source(id) }),
    dependencies: dependencySource(config.root),
  });
}

function shelf({ catalogue, config }: AgentTypesParts): DefinitionShelf {
  return {
    ids: async () => (await catalogue.list()).map(({ id }) => id),
    async source(id) {
      try {
        const { text, file = `${id}.yaml` } = await catalogue.get(id);
        return { text, file, id, schemas: definitionFolder(config.definitionsDir, { follow: true }).schemas };
      } catch (error) {
        if (error instanceof OmniError && error.problem.type === 'not-found') return undefined;
        throw error;
      }
    },
  };
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

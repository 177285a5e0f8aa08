/** The platform's types of agents, on the parts that they work with. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { AgentType } from '../agents/capability';
import type { DefinitionShelf } from '../agents/types/given-definition';
import type { Outlook } from '../agents/types/monitoring';
import { DISTRIBUTION } from '../agents/types/task-distribution';
import { createAgentTypes } from '../agents/types/types';
import type { TaskRunner } from '../agents/types/workflow-execution';
import type { Config } from '../config';
import { validateValue } from '../language/validate';
import { agentTaskWorkflowId } from '../plan/agent';
import { OmniError } from '../plan/problem';
import { definitionSource } from './definition-source';
import { dependencySource } from './dependency-source';
import { invalid } from './faults';
import { scenarioBench } from './scenario-bench';
import type { StartParts } from './start';

export interface AgentTypesParts extends StartParts {
  readonly agents: Outlook['agents'];
  readonly config: Pick<Config, 'definitionsDir' | 'featureFlags' | 'root'>;
}

export function agentTypes(parts: AgentTypesParts): readonly AgentType[] {
  const { registry, config } = parts;
  const definitions = shelf(parts);
  return createAgentTypes({
    registry,
    definitions,
    runner: taskRunner(parts),
    outlook: outlook(parts),
    bench: scenarioBench({ registry, config, definition: (id) => definitions.source(id) }),
    dependencies: dependencySource(config.root),
  });
}

function shelf(parts: AgentTypesParts): DefinitionShelf {
  return {
    ids: async () => (await parts.catalogue.list()).map(({ id }) => id),
    source: (id) => definitionSource(parts, id),
  };
}

function outlook({ agents, executions }: AgentTypesParts): Outlook {
  return {
    agents,
    executions: async (status, since, limit) =>
      (await executions.list({ status, limit, ...(status === 'failed' ? { since } : {}) })).executions,
    questions: async () => (await executions.tasks({})).tasks,
    now: () => Date.now(),
  };
}

/** A folder of definitions of one's own lacks what came with this program: it is published when it is first needed. */
async function publishShipped({ catalogue, config }: AgentTypesParts, id: string): Promise<void> {
  if (id !== DISTRIBUTION || (await catalogue.list()).some((entry) => entry.id === id)) return;
  await catalogue.publish(await readFile(path.join(config.root, 'definitions', `${id}.yaml`), 'utf8'), { id });
}

function taskRunner(parts: AgentTypesParts): TaskRunner {
  const { catalogue, executions } = parts;
  return {
    async start({ executionId, workflow, payload, context, taskId, parent }) {
      await publishShipped(parts, workflow);
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
    async isEnded(taskId) {
      try {
        return (await executions.describe(agentTaskWorkflowId(taskId))).endedAt !== undefined;
      } catch (error) {
        if (error instanceof OmniError && error.problem.type === 'not-found') return true;
        throw error;
      }
    },
    describe: (executionId) => executions.describe(executionId),
  };
}

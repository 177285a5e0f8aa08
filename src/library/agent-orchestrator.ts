/** The library's face to agents: who is registered, how they are, how their work goes. */
import type { SetStatus } from '../agents/agent';
import type { Agents } from '../agents/agents';
import type { AgentMetrics } from '../agents/figures';
import type { NewAgent } from '../agents/registration';
import { AgentRegistration, StatusRequest } from '../agents/registration';
import type { AgentView } from '../agents/registry';
import type { JsonObject } from '../plan/json';
import { faultsOf, invalid } from './faults';
import type { WorkflowEngine, WorkflowResult } from './workflow-engine';

export interface AgentStatusOptions {
  /** Who says so; default `library`. */
  readonly by?: string;
  /** For how long it stands, in milliseconds; default 15 minutes, at most 24 hours. */
  readonly forMs?: number;
}

export interface AgentOrchestrator {
  /** Twice is the same as once; what is different counts from now on. Rejects with `validation`, `conflict`. */
  registerAgent(definition: NewAgent): Promise<AgentView>;
  /** Sets the status for a while; `idle` ends what was set before. Rejects with `not-found`, `validation`. */
  updateAgentStatus(
    id: string,
    status: SetStatus,
    metadata?: JsonObject,
    options?: AgentStatusOptions,
  ): Promise<AgentView>;
  /** As the workflow engine's, with `context.payload` as the input and the rest as the context. */
  executeWorkflow(workflowId: string, context?: JsonObject): Promise<WorkflowResult>;
  /** Of the tasks that ended within `withinMs`, a day without it; of one agent and its type where an id is given. Rejects with `not-found`. */
  getAgentMetrics(id?: string, withinMs?: number): Promise<AgentMetrics>;
}

export interface AgentOrchestratorParts {
  readonly agents: Agents;
  readonly workflows: Pick<WorkflowEngine, 'executeWorkflow'>;
}

export function createAgentOrchestrator({ agents, workflows }: AgentOrchestratorParts): AgentOrchestrator {
  const { registry, figures } = agents;
  return {
    async registerAgent(definition) {
      const parsed = AgentRegistration.safeParse(definition);
      if (!parsed.success) throw invalid('The agent', faultsOf(parsed.error));
      return (await registry.register(parsed.data)).agent;
    },
    async updateAgentStatus(id, status, metadata = {}, { by = 'library', forMs } = {}) {
      const parsed = StatusRequest.safeParse({ status, metadata, ...(forMs !== undefined && { forMs }) });
      if (!parsed.success) throw invalid('The status', faultsOf(parsed.error));
      const { forMs: ms, ...wish } = parsed.data;
      return registry.setStatus(id, wish, { by, ...(ms !== undefined && { forMs: ms }) });
    },
    executeWorkflow: async (workflowId, { payload = {}, ...context } = {}) =>
      workflows.executeWorkflow(workflowId, payload, context),
    async getAgentMetrics(id, withinMs) {
      const of = id === undefined ? undefined : await registry.get(id);
      return figures.metrics({ ...(of && { of }), ...(withinMs !== undefined && { withinMs }) });
    },
  };
}

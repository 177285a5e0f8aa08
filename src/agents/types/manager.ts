/** The type `manager`: runs definitions and distributes work. */
import type { AgentType } from '../capability';
import type { TaskRunner } from './workflow-execution';
import { workflowExecution } from './workflow-execution';

export const managerType = ({ runner }: { readonly runner: TaskRunner }): AgentType => ({
  type: 'manager',
  description: 'Runs definitions and distributes work over other agents.',
  capabilities: { workflow_execution: workflowExecution(runner) },
  aliases: { execute_workflow: 'workflow_execution' },
});

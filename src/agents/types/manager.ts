/** The type `manager`: runs definitions, distributes work, and says how it goes. */
import type { AgentType } from '../capability';
import type { Outlook } from './monitoring';
import { monitoring } from './monitoring';
import { taskDistribution } from './task-distribution';
import type { TaskRunner } from './workflow-execution';
import { workflowExecution } from './workflow-execution';

interface ManagerParts {
  readonly runner: TaskRunner;
  readonly outlook: Outlook;
}

export const managerType = ({ runner, outlook }: ManagerParts): AgentType => ({
  type: 'manager',
  description: 'Runs definitions, distributes work over other agents, and says how it goes.',
  capabilities: {
    workflow_execution: workflowExecution(runner),
    task_distribution: taskDistribution(runner),
    monitoring: monitoring(outlook),
  },
  aliases: { execute_workflow: 'workflow_execution', distribute_tasks: 'task_distribution' },
});

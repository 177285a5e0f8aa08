/** Names of task queues: the engine's, and those of what belongs to it. */

export const DEFAULT_TASK_QUEUE = 'omni-engine';

/** Two installations in one namespace have task queues of their own, and so have their tools and agents. */
export function queueBeside(taskQueue: string, name: string): string {
  return taskQueue === DEFAULT_TASK_QUEUE ? name : `${name}@${taskQueue}`;
}

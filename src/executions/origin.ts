/** What started an execution, as its id says. */

/** `workflow`: a step of another execution; `request`: the API, the command line, the library, a Temporal client. */
export type Origin = 'request' | 'event' | 'webhook' | 'schedule' | 'workflow' | 'rerun';

/** Beginning of the ids of executions that something of this kind starts. */
export function idPrefix(workflow: string, origin: 'event' | 'webhook' | 'schedule'): string {
  return `${workflow}-${origin}`;
}

/** Ending of the ids of reruns. */
const RERUN = /~[0-9a-f]{12}$/;

export function originOf(execution: {
  readonly executionId: string;
  readonly workflow: string;
  /** It is a child of another execution. */
  readonly child: boolean;
}): Origin {
  const { executionId, workflow, child } = execution;
  if (child) return 'workflow';
  if (RERUN.test(executionId)) return 'rerun';
  const named = (['event', 'webhook', 'schedule'] as const).find((origin) =>
    executionId.startsWith(`${idPrefix(workflow, origin)}-`),
  );
  return named ?? 'request';
}

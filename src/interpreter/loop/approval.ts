/** Asks people about one call of a model. What they agree to holds for this call, with these arguments, once, and not for long. */
import type { LoopApproval } from '../../plan/agent-loop';
import type { Approvals } from '../../plan/agent-task';
import type { JsonSchema } from '../../plan/json';
import type { WaitForStep } from '../../plan/plan';
import type { Problem } from '../../plan/problem';
import { OmniError, problemOf } from '../../plan/problem';
import type { StepRecord } from '../../plan/record';
import type { Context } from '../context';
import type { AdmittedCall } from './admission';

const NAME = 'approval';

/** What people were asked, and agreed to, of all that is on record. */
export function approvalsOf(records: Iterable<StepRecord>): Approvals {
  const asked = [...records].flatMap(({ task }) => (task?.call === undefined ? [] : [task]));
  return { asked: asked.length, given: asked.filter(({ answer }) => answer?.data['approve'] === true).length };
}

/** Undefined once somebody has agreed; otherwise why the call is refused. `prefix`: of the call's own path, with its dot. */
export async function refusalOf(
  call: AdmittedCall,
  context: Context,
  { prefix, approval }: { readonly prefix: string; readonly approval: LoopApproval },
): Promise<Problem | undefined> {
  const { state, effects } = context;
  try {
    await context.runSteps([questionOf(call, prefix, approval)], { ...context, prefix });
  } catch (thrown) {
    if (thrown instanceof OmniError && thrown.problem.type === 'timeout')
      return problemOf('policy', `Nobody agreed to the call of ${call.tool} in time.`);
    throw thrown;
  }
  const { task, deadlineAt = 0 } = state.records.get(prefix + NAME) ?? {};
  const { answer } = task ?? {};
  if (answer?.data['approve'] !== true) {
    const why = answer?.data['reason'];
    return problemOf(
      'policy',
      `The call of ${call.tool} was not agreed to${typeof why === 'string' ? `: ${why}` : '.'}`,
    );
  }
  if (task?.call?.hash !== call.hash || task.call.tool !== call.tool)
    return problemOf('policy', `What was agreed to is another call of ${call.tool} than this one.`);
  if (effects.now() > deadlineAt) return problemOf('policy', `What was agreed to of ${call.tool} holds no longer.`);
  return undefined;
}

function questionOf(
  { tool, arguments: given, hash }: AdmittedCall,
  prefix: string,
  { roles, timeoutMs }: LoopApproval,
): WaitForStep {
  return {
    kind: 'waitFor',
    name: NAME,
    signal: `omni:approval:${prefix}${hash}`,
    from: roles,
    form: formOf(hash),
    timeoutMs,
    reminders: [],
    call: { tool, arguments: given, hash },
  };
}

function formOf(hash: string): JsonSchema {
  return {
    type: 'object',
    properties: {
      approve: { type: 'boolean', description: 'Whether the call may be made, once, as it is shown.' },
      reason: { type: 'string', description: 'Told to the agent where it may not.', maxLength: 2_000 },
      hash: { type: 'string', enum: [hash], description: 'SHA-256 of the arguments; may be left out.' },
    },
    required: ['approve'],
    additionalProperties: false,
  };
}

/** A single tool call as a plan of one step, so that it runs through the same guards as any other. */
import { createHash } from 'node:crypto';
import { canonical } from '../plan/json';
import type { Plan } from '../plan/plan';
import { PLAN_SCHEMA_VERSION } from '../plan/plan';
import type { ToolContract } from '../tools/tool';

/** Workflow type of single tool calls; no definition may bear this name. */
export const TOOL_CALL_ID = 'tool-call';

/** Name of the one step. */
export const TOOL_CALL_STEP = 'call';

/** The plan that calls one tool of one provider with the execution's payload as input; nothing stands in when it fails. */
export function toolCallPlan(contract: ToolContract, provider: string, queue?: string): Plan {
  const plan: Omit<Plan, 'hash'> = {
    schemaVersion: PLAN_SCHEMA_VERSION,
    id: TOOL_CALL_ID,
    name: `${contract.name} by ${provider}`,
    version: '1.0.0',
    events: [],
    input: { type: 'object' },
    steps: [
      {
        kind: 'tool',
        name: TOOL_CALL_STEP,
        tool: contract.name,
        placement: contract.placement,
        idempotent: contract.idempotent,
        chain: [
          {
            provider,
            from: 'provider',
            timeoutMs: contract.timeoutMs,
            config: { kind: 'literal', value: {} },
            ...(queue === undefined ? {} : { queue }),
          },
        ],
        input: { kind: 'expression', source: 'trigger.payload' },
        retry: [
          {
            maxAttempts: contract.idempotent === 'none' ? 1 : 3,
            initialIntervalMs: 1000,
            backoff: 2,
            maxIntervalMs: 30_000,
          },
        ],
      },
    ],
    guards: { budget: {}, security: { piiRedaction: false, encryption: false } },
  };
  return { ...plan, hash: createHash('sha256').update(canonical(plan)).digest('hex') };
}

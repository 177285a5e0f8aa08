/** What runs the executions of scenarios. */
import type { ExecuteStep } from '../language/scenario';
import type { Plan } from '../plan/plan';
import type { ScenarioResult } from './result';
import type { ExecutionOutcome, ExecutionParts } from './virtual-execution';
import { runVirtually } from './virtual-execution';

export interface ScenarioEngine {
  readonly name: ScenarioResult['engine'];
  /** Throws `OmniError` for what keeps it from being run to its end. */
  readonly run: (plan: Plan, step: ExecuteStep, parts: ExecutionParts) => Promise<ExecutionOutcome>;
}

export const VIRTUAL_ENGINE: ScenarioEngine = { name: 'virtual', run: runVirtually };

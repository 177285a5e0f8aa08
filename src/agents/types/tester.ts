/** The type `tester`: proves definitions by their scenarios. */
import type { AgentType } from '../capability';
import type { ScenarioBench } from './test-execution';
import { testExecution } from './test-execution';

export const testerType = ({ bench }: { readonly bench: ScenarioBench }): AgentType => ({
  type: 'tester',
  description: 'Runs the scenarios of definitions, and reports what came otherwise than expected.',
  capabilities: { test_execution: testExecution(bench) },
  aliases: { run_tests: 'test_execution' },
});

/** A call as an agent's worker makes it, for tests of capabilities. */
import { isObject } from '../../../src/plan/json';
import type { AgentType, CapabilityAnswer, CapabilityCall } from '../../../src/agents/capability';

export const callOf = (fields: Partial<CapabilityCall> = {}): CapabilityCall => ({
  taskId: 'ask-1.code',
  agentId: 'someone-001',
  key: 'ask-1/code',
  attempt: 1,
  context: {},
  remaining: {},
  depth: 1,
  signal: new AbortController().signal,
  report: () => undefined,
  ...fields,
});

/** Parses the input and checks the output, as the worker does. */
export async function ask(
  types: readonly AgentType[],
  [type, capability]: readonly [string, string],
  input: unknown,
  fields: Partial<CapabilityCall> = {},
): Promise<Omit<CapabilityAnswer, 'output'> & { readonly output: Readonly<Record<string, unknown>> }> {
  const found = types.find((one) => one.type === type)?.capabilities[capability];
  if (found === undefined) throw new Error(`no ${type} that can ${capability}`);
  const answer = await found.run(found.input.parse(input) as never, callOf(fields));
  const output = found.output.parse(JSON.parse(JSON.stringify(answer.output)));
  if (!isObject(output)) throw new Error('the output is no object');
  return { ...answer, output };
}

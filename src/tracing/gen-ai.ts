/**
 * Names of attributes for calls of models and agents, all in one place because the conventions still move:
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/
 */
import type { Attributes } from '@opentelemetry/api';

export interface GenAiCall {
  /** `chat`, `embeddings`, `execute_tool`, `invoke_agent`. */
  readonly operation: string;
  /** Name of the vendor, as the catalogue of providers has it. */
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly tool?: string | undefined;
  readonly agentId?: string | undefined;
  /** Type of the agent. */
  readonly agent?: string | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

export function genAi(call: GenAiCall): Attributes {
  const { operation, provider, model, tool, agent, agentId, inputTokens, outputTokens } = call;
  return known({
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'gen_ai.tool.name': tool,
    'gen_ai.agent.name': agent,
    'gen_ai.agent.id': agentId,
    'gen_ai.usage.input_tokens': inputTokens,
    'gen_ai.usage.output_tokens': outputTokens,
  });
}

/** Without what is undefined. */
export function known(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

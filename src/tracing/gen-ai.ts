/**
 * Names of attributes for calls of models and agents, all in one place because the conventions still move:
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/
 */
import type { Attributes } from '@opentelemetry/api';

export interface GenAiCall {
  readonly operation: 'chat' | 'generate_content' | 'execute_tool' | 'invoke_agent';
  /** Name of the vendor, as the catalogue of providers has it. */
  readonly provider?: string | undefined;
  /** That was asked for. */
  readonly model?: string | undefined;
  /** That answered, in the vendor's words. */
  readonly answeredBy?: string | undefined;
  readonly tool?: string | undefined;
  readonly agentId?: string | undefined;
  /** Type of the agent. */
  readonly agent?: string | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/** Vendors that the conventions call otherwise. */
const PROVIDERS: Readonly<Record<string, string>> = { gemini: 'gcp.gemini', grok: 'x_ai' };

export function genAi(call: GenAiCall): Attributes {
  const { operation, provider, model, answeredBy, tool, agent, agentId, inputTokens, outputTokens } = call;
  return known({
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': provider && (PROVIDERS[provider] ?? provider),
    'gen_ai.request.model': nameOf(model),
    'gen_ai.response.model': nameOf(answeredBy),
    'gen_ai.tool.name': tool,
    'gen_ai.agent.name': agent,
    'gen_ai.agent.id': agentId,
    'gen_ai.usage.input_tokens': inputTokens,
    'gen_ai.usage.output_tokens': outputTokens,
  });
}

/** `chat gpt-4o`, `execute_tool stt.transcribe`: what the conventions call a span. */
export function genAiName(attributes: Attributes): string {
  const { 'gen_ai.request.model': asked, 'gen_ai.response.model': answered, 'gen_ai.tool.name': tool } = attributes;
  return [attributes['gen_ai.operation.name'], asked ?? answered ?? tool]
    .filter((part) => part !== undefined)
    .join(' ');
}

/** Without what is undefined. */
export function known(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

/** A model may be computed by an expression, and the vendor may answer with anything: what is no name is not told. */
function nameOf(model: string | undefined): string | undefined {
  return model !== undefined && /^[\w.:/@+-]{1,100}$/.test(model) ? model : undefined;
}

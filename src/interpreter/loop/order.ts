/** The loop of an `agent` step on its way into a task: rendered by the one who asks, then the whole plan of the task. */
import type { AgentLoop, LoopOrder, LoopTool } from '../../plan/agent-loop';
import type { AgentPlace, AgentTaskRequest } from '../../plan/agent';
import { AGENT_TASK_TYPE, agentQueue, DEFAULT_POOL } from '../../plan/agent';
import type { Json, JsonObject, JsonSchema } from '../../plan/json';
import { canonical } from '../../plan/json';
import type { AgentStep, LoopStep, Plan, Template, ToolStep, WorkflowStep } from '../../plan/plan';
import type { StartArgument } from '../../plan/record';
import { sha256 } from '../../plan/sha256';
import type { StepContext } from '../context';
import { redactionOf } from '../personal';
import { renderAt } from '../scope';

/** Every template in it is a literal from here on. */
export function orderOf(loop: AgentLoop, context: StepContext): LoopOrder {
  const { prices } = context.state.snapshot;
  return { ...rendered(loop, context, 'loop'), ...(prices === undefined ? {} : { prices }), ...redactionOf(context) };
}

function rendered(loop: AgentLoop, context: StepContext, part: string): Omit<LoopOrder, 'prices' | 'redact'> {
  const { goal, instructions, think, tools, ...rest } = loop;
  const text = (template: Template, of: string): string => {
    const value = renderAt(context, template, { path: context.path, part: `${part}.${of}` });
    return typeof value === 'string' ? value : JSON.stringify(value ?? null);
  };
  return {
    ...rest,
    goal: text(goal, 'goal'),
    ...(instructions === undefined ? {} : { instructions: text(instructions, 'instructions') }),
    think: settled(think, context, `${part}.think`),
    tools: Object.fromEntries(
      Object.entries(tools).map(([name, tool]): [string, LoopTool] => [
        name,
        { ...tool, step: settled(tool.step, context, `${part}.tools.${name}`) },
      ]),
    ),
  };
}

const NOTHING: Template = { kind: 'literal', value: {} };

/** Its input comes from the model; conditions, handlers and compensations have nothing to go by in a task. */
function settled<S extends ToolStep | WorkflowStep | AgentStep>(step: S, context: StepContext, part: string): S {
  const bare: Partial<S> = { ...step, input: NOTHING };
  for (const key of ['if', 'onError', 'compensate'] as const) Reflect.deleteProperty(bare, key);
  if (step.kind === 'workflow') return bare as unknown as S;
  if (step.kind === 'agent') {
    if (step.loop === undefined) return bare as unknown as S;
    const { goal, instructions, ...loop } = rendered(step.loop, context, `${part}.loop`);
    const literal = (value: string): Template => ({ kind: 'literal', value });
    const inner: AgentLoop = {
      ...loop,
      goal: literal(goal),
      ...(instructions === undefined ? {} : { instructions: literal(instructions) }),
    };
    return { ...bare, loop: inner } as unknown as S;
  }
  const chain = step.chain.map((candidate): typeof candidate => {
    const site = { path: context.path, part: `${part}.config.${candidate.provider}` };
    return { ...candidate, config: { kind: 'literal', value: renderAt(context, candidate.config, site) ?? {} } };
  });
  return { ...bare, chain } as unknown as S;
}

type LoopStart = StartArgument & Required<Pick<StartArgument, 'plan' | 'snapshot'>>;

/** What the task runs: a plan of one step, bounded by the loop's limits, with what it must know of personal data. */
export function startOf(request: AgentTaskRequest, order: LoopOrder, place: AgentPlace): LoopStart {
  const { agent, capability, input, output, context, parent, timetable } = request;
  const { prices, redact, limits, handoff = [] } = order;
  const { tokens, costUsd, timeMs } = limits;
  const queues = Object.fromEntries([
    ...handoff.map((type) => [type, request.queue ?? agentQueue(type, DEFAULT_POOL, place.taskQueue)]),
    [agent, place.queue],
  ]) as Record<string, string>;
  const step: LoopStep = {
    kind: 'loop',
    name: LOOP_NAME,
    order,
    input,
    agent,
    queues,
    ...(output === undefined ? {} : { output }),
  };
  const { schema, values } = personalParts(order);
  const plan: Omit<Plan, 'hash'> = {
    schemaVersion: 1,
    id: AGENT_TASK_TYPE,
    name: `${agent} · ${capability}`,
    version: '1.0.0',
    events: [],
    input: schema,
    steps: [step],
    guards: {
      budget: {
        ...(timeMs === undefined ? {} : { maxMs: timeMs }),
        ...(tokens === undefined ? {} : { maxTokens: tokens }),
        ...(costUsd === undefined ? {} : { maxCostUsd: costUsd }),
      },
      security: { piiRedaction: redact !== undefined, encryption: false },
    },
  };
  return {
    omni: 1,
    payload: values,
    context,
    plan: { ...plan, hash: sha256(canonical(plan)) },
    snapshot: { flags: {}, settings: {}, ...(prices === undefined ? {} : { prices }) },
    parent,
    ...(timetable === undefined ? {} : { timetable }),
  };
}

/** The one step of a task. */
export const LOOP_NAME = 'loop';

/** Personal data come as a payload whose schema marks them, as those of any execution. */
function personalParts({ redact }: LoopOrder): { readonly schema: JsonSchema; readonly values: JsonObject } {
  const personal = redact?.personal ?? [];
  const properties: Record<string, Json> = {};
  const values: Record<string, Json> = {};
  personal.forEach((one, i) => {
    properties[`p${i}`] = 'kind' in one ? { 'x-pii': one.kind } : one.within;
    values[`p${i}`] = one.value;
  });
  return { schema: { type: 'object', properties }, values };
}

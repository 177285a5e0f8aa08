/**
 * `loop`: a model works on a task, turn by turn. A turn is: what has come in, the limits, one question to the model, the calls that it
 * asks for as far as they are admitted, their results. Every question and call is a step with a record of its own, at
 * `<step>.t<turn>` and `<step>.t<turn>.<n>`, so a loop can be resumed wherever it stands.
 */
import type { Json } from '../../plan/json';
import { canonical, jsonBytes } from '../../plan/json';
import type { LoopStep, ToolStep } from '../../plan/plan';
import { asError, OmniError } from '../../plan/problem';
import { sha256 } from '../../plan/sha256';
import { Cancelled } from '../cancel-token';
import type { Runner, StepContext, StepResult } from '../context';
import { judge, references } from '../loop/admission';
import { answerSchema, decisionOf } from '../loop/answer';
import { makeCalls } from '../loop/calls';
import { readMessages } from '../loop/messages';
import { gistOf, historyOf, storeTurn } from '../loop/transcript';
import { leftWords, resultWords, systemWords, taskWords } from '../loop/words';
import type { AgentProgress } from '../state';

export const runAgentLoop: Runner<'loop'> = async (step, context) => {
  const progress = progressOf(step, context);
  try {
    for (;;) {
      const end = await takeTurn(step, context, progress);
      if (end !== undefined) return end;
    }
  } catch (thrown) {
    throw limited(thrown, context.path);
  }
};

function progressOf(step: LoopStep, { state, path }: StepContext): AgentProgress {
  const earlier = state.loops.get(path);
  if (earlier?.kind === 'loop') return earlier;
  const progress = {
    kind: 'loop' as const,
    turn: 1,
    begun: false,
    agent: step.agent,
    prompt: taskWords(step),
    calls: 0,
    warned: false,
    unusable: 0,
    said: [],
    known: references(step.input),
    heard: [],
  };
  state.loops.set(path, progress);
  return progress;
}

/** Gives the result when it was the last one. */
async function takeTurn(
  step: LoopStep,
  context: StepContext,
  progress: AgentProgress,
): Promise<StepResult | undefined> {
  const { turn } = progress;
  if (!progress.begun) begin(step, context, progress);
  const prefix = `${context.path}.t${turn}`;
  const given = await think(step, context, progress);
  const decision = decisionOf(step, given);
  switch (decision.kind) {
    case 'answer':
      return { kind: 'next', output: decision.answer };
    case 'unusable': {
      if (progress.unusable > 0)
        throw new OmniError(
          'tool-error',
          `The model's answers in ${prefix} and before cannot be used: ${decision.why}.`,
        );
      const prompt = `Your answer cannot be used: ${decision.why}. Answer again as you were told to.`;
      return next(context, progress, {
        given,
        prompt,
        gist: gistOf(turn, [], 'an answer that could not be used'),
        unusable: 1,
      });
    }
    case 'handoff': {
      const { to, why } = decision;
      const { effects, cancel } = context;
      const queue = effects.place === undefined ? step.queues[to] : await effects.place(to, cancel);
      cancel.throwIfCancelled();
      if (queue === undefined) {
        const prompt = `No agent of the type ${to} is there to go on. Go on yourself, or hand over to another.`;
        return next(context, progress, { given, prompt, gist: gistOf(turn, [], `found no agent of the type ${to}`) });
      }
      const gist = gistOf(turn, [], `handed over to ${to}`);
      const prompt = `You are an agent of the type ${to} and go on with this task. Left to be done: ${JSON.stringify(why)}`;
      return next(context, progress, { given, prompt, gist, agent: to, queue });
    }
    case 'calls': {
      const calls = judge(step, progress, decision.calls);
      const admitted = calls.filter(({ kind }) => kind === 'admitted').length;
      if (admitted === 0 && progress.warned) throw reached(context.path, 'calls', step.order.limits.calls);
      const results = await makeCalls(context, `${prefix}.`, calls);
      const known = [...new Set([...progress.known, ...results.flatMap(({ value }) => references(value))])];
      return next(context, progress, {
        given,
        prompt: resultWords(results),
        gist: gistOf(turn, results),
        known,
        calls: progress.calls + admitted,
      });
    }
  }
}

/** What came in the meantime is part of the prompt from here on; in the same moment the turn has begun. */
function begin({ order }: LoopStep, context: StepContext, progress: AgentProgress): void {
  const { turns, calls } = order.limits;
  if (progress.turn > turns) throw reached(context.path, 'turns', turns);
  const left = { turns: turns - progress.turn + 1, calls: calls - progress.calls };
  progress.prompt = [progress.prompt, ...readMessages(context.state, progress), leftWords(left)].join('\n\n');
  progress.warned = left.calls <= 0;
  progress.begun = true;
}

/** One question. An answer that the tool itself found to be of the wrong shape is one that cannot be used. */
async function think(step: LoopStep, context: StepContext, progress: AgentProgress): Promise<Json> {
  const name = `t${progress.turn}`;
  const path = `${context.path}.${name}`;
  const earlier = context.state.records.get(path);
  const over = earlier !== undefined && earlier.status !== 'running';
  const history = over ? { tokens: 0 } : await historyOf(step, progress, context.effects);
  const { reference, tokens } = history;
  const input = {
    system: systemWords(step),
    prompt: progress.prompt,
    ...(reference === undefined ? {} : { history: { ...reference } }),
  };
  const queue = progress.queue ?? step.queues[progress.agent];
  const question: ToolStep = {
    ...step.order.think,
    name,
    summary: `${progress.agent} thinks`,
    input: { kind: 'literal', value: input },
    output: answerSchema(step),
    chain: step.order.think.chain.map((one) => (queue === undefined ? one : { ...one, queue })),
    storedTokens: tokens,
  };
  const salt = `~${sha256(canonical(input)).slice(0, 16)}`;
  try {
    const flow = await context.runSteps([question], { ...context, prefix: `${context.path}.`, salt });
    return flow.output ?? null;
  } catch (thrown) {
    if (!(thrown instanceof OmniError) || thrown.problem.type !== 'tool-error' || progress.unusable > 0) throw thrown;
    return { unusable: thrown.problem.detail };
  }
}

interface Said extends Partial<Pick<AgentProgress, 'agent' | 'queue' | 'calls' | 'known' | 'unusable'>> {
  readonly given: Json;
  readonly prompt: string;
  readonly gist: string;
}

/** Ends the turn: what was said is stored first, then everything is written in one moment. */
async function next(context: StepContext, progress: AgentProgress, { given, gist, ...rest }: Said): Promise<undefined> {
  const { effects, state, path } = context;
  const words = await storeTurn(progress.prompt, given, effects);
  const large = [...state.records.values()].filter(
    (record) => record.path.startsWith(`${path}.t${progress.turn}`) && jsonBytes(record.output ?? null) > MAX_AT_HAND,
  );
  const stored = await Promise.all(large.map(({ output = null }) => effects.store([[output]])));
  large.forEach((record, i) => state.records.set(record.path, { ...record, output: { ...stored[i] } }));
  const said = [...progress.said, { words, gist }];
  Object.assign(progress, { unusable: 0, ...rest, said, turn: progress.turn + 1, begun: false });
  return undefined;
}

/** Larger outputs of a turn that is over are stored, each as a list of one. */
const MAX_AT_HAND = 4 * 1024;

type Limit = 'turns' | 'calls';

function reached(path: string, limit: Limit, most: number): OmniError {
  return new OmniError(
    'policy',
    `The model at ${path} came to its limit of ${most} ${limit} without a final answer. Raise limits.${limit}, or ask for less.`,
    { data: { limit } },
  );
}

/** A limit of tokens, money or time ends the task; which one stands in `data.limit`. */
function limited(thrown: unknown, path: string): unknown {
  const problem =
    thrown instanceof Cancelled ? thrown.reason : thrown instanceof OmniError ? thrown.problem : undefined;
  if (problem?.type !== 'budget-exceeded' || problem.step === path) return thrown;
  const detail = `The model at ${path} came to a limit of its task. ${problem.detail}`;
  return asError({ ...problem, detail, step: path });
}

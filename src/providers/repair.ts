/**
 * A model's answer that must fit something. One that does not is asked for once more, with its faults, inside the same call: the same
 * time, what is left of `config.maxTokens`, one usage for both. Attempts after a broken connection are another matter, and Temporal's.
 */
import type { Fault } from '../plan/problem';
import { OmniError } from '../plan/problem';
import { isObject, own } from '../plan/json';
import type { AnswerUsage } from '../tools/tool';
import { addUsed, chatSettings, type ChatWire, type Completion, type Conversation } from './conversation';
import type { VendorCall } from './define-provider';
import { garbage } from './http/http-error';

/** What an answer's text says, or why it cannot be used. Faults are told to the model as they are, and to people. */
export type Reading<T> = { readonly value: T } | { readonly faults: readonly Fault[] };

export interface Question<T> {
  readonly conversation: Conversation;
  readonly read: (completion: Completion) => Reading<T>;
}

export interface Answered<T> {
  readonly value: T;
  readonly usage: AnswerUsage;
}

const MAX_FAULTS = 20;

export async function askToFit<T>(
  wire: ChatWire,
  { conversation, read }: Question<T>,
  call: VendorCall,
): Promise<Answered<T>> {
  const first = await wire.complete(conversation, call);
  const reading = read(first);
  if ('value' in reading) return { value: reading.value, usage: first.usage };
  const { maxTokens } = chatSettings(call.config, call.far.provider, [-Infinity, Infinity]);
  const left = maxTokens === undefined ? undefined : maxTokens - (first.usage.outputTokens ?? maxTokens);
  if (left !== undefined && left < 1) throw unfit(wire, call, reading.faults, first.usage);
  const second = await again(wire, repaired(conversation, { first, faults: reading.faults, left }), {
    call,
    spent: first.usage,
  });
  const usage = addUsed(first.usage, second.usage);
  const reread = read(second);
  if ('value' in reread) return { value: reread.value, usage };
  throw unfit(wire, call, reread.faults, usage);
}

function repaired(
  conversation: Conversation,
  {
    first,
    faults,
    left,
  }: { readonly first: Completion; readonly faults: readonly Fault[]; readonly left: number | undefined },
): Conversation {
  const listed = faults
    .slice(0, MAX_FAULTS)
    .map(({ pointer, detail }) => `- ${pointer || '/'}: ${detail}`)
    .join('\n');
  const text = `That answer does not fit what was asked for:\n${listed}\nGive the whole answer again, with these faults mended.`;
  return {
    ...conversation,
    turns: [...conversation.turns, { role: 'assistant', text: first.text }, { role: 'user', text }],
    part: 'repair',
    ...(left === undefined ? {} : { maxTokens: left }),
  };
}

/** The second request. However it ends, what the first has cost counts too. */
async function again(
  wire: ChatWire,
  conversation: Conversation,
  { call, spent }: { readonly call: VendorCall; readonly spent: AnswerUsage },
): Promise<Completion> {
  const { used } = call;
  try {
    return await wire.complete(conversation, {
      ...call,
      ...(used === undefined ? {} : { used: (usage) => used(addUsed(spent, usage)) }),
    });
  } catch (thrown) {
    if (!(thrown instanceof OmniError)) throw thrown;
    const { problem, retryable, retryAfterMs } = thrown;
    const told = own(problem.data, 'usage');
    if (!isObject(told)) throw thrown;
    throw new OmniError(problem.type, problem.detail, {
      ...problem,
      data: { usage: { ...addUsed(spent, told) } },
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
}

function unfit(wire: ChatWire, call: VendorCall, faults: readonly Fault[], usage: AnswerUsage): OmniError {
  return garbage(call.far, wire.where, 'it has another shape than it should', {
    errors: faults.slice(0, MAX_FAULTS),
    data: { usage: { ...usage } },
  });
}

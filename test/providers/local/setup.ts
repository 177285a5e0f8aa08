/** A local provider on the real engines, with the real models, for the tests of this folder. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../../src/plan/json';
import { OmniError, type Problem } from '../../../src/plan/problem';
import { createLocalProvider, type LocalProvider, type LocalSettings } from '../../../src/providers/local/local';
import { CONTRACTS } from '../../../src/tools/contracts';
import type { FeedbackOutput } from '../../../src/tools/feedback-generate';
import type { NluOutput } from '../../../src/tools/nlu-analyze';
import type { SttOutput } from '../../../src/tools/stt-transcribe';
import type { CallContext } from '../../../src/tools/tool';
import type { TtsOutput } from '../../../src/tools/tts-synthesize';

const root = path.resolve(__dirname, '../../..');

export const definitions = (...names: string[]): string => path.join(root, 'definitions', ...names);
export const sample = (name: string): string => readFileSync(definitions('samples', name)).toString('base64');

/** Fetches the translation models when they are not there yet, and gives their folder. */
export function modelsFolder(): string {
  return execFileSync(process.execPath, [path.join(root, 'scripts/local-models.mjs')], { encoding: 'utf8' }).trim();
}

export function openLocal(settings: Partial<LocalSettings> = {}): LocalProvider {
  return createLocalProvider({ modelsDir: '/nowhere', phrasesDir: definitions('phrases'), ...settings });
}

export interface Ask {
  readonly config?: JsonObject;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** The outputs of all tools laid over each other: a test reads the fields of the one that it asked. */
export type Answer = SttOutput & NluOutput & FeedbackOutput & TtsOutput;

/** Calls a tool as `callTool` does: input and output are held against the contract. */
export async function ask(provider: LocalProvider, tool: string, input: JsonObject, how: Ask = {}): Promise<Answer> {
  const contract = CONTRACTS.find(({ name }) => name === tool);
  const implementation = provider.tools[tool];
  if (!contract || !implementation) throw new Error(`no tool ${tool}`);
  const call: CallContext = {
    signal: how.signal ?? new AbortController().signal,
    timeoutMs: how.timeoutMs ?? 30_000,
    idempotencyKey: 'test',
    config: how.config ?? {},
    caller: {},
  };
  const { output } = await implementation(contract.input.parse(input) as never, call);
  return contract.output.parse(output) as Answer;
}

/** The problem that a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<Problem & { readonly retryable: boolean }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof OmniError) return { ...error.problem, retryable: error.retryable };
    throw error;
  }
  throw new Error('the call was not refused');
}

export function alive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until `condition` holds, for at most `limitMs`. */
export async function until(condition: () => boolean, limitMs = 5_000): Promise<boolean> {
  for (const end = Date.now() + limitMs; Date.now() < end;) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return condition();
}

/** The first thing that a new installation shows: the flagship run once on the sample recording, with its steps and its result. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { TimelineStep } from './executions/execution';
import { isBlobReference } from './plan/blob';
import type { Json } from './plan/json';
import { isObject } from './plan/json';
import { toProblem } from './plan/problem';
import type { Platform } from './platform';

const FLAGSHIP = 'bilingual-coach';
const WITHIN_MS = 120_000;
const request = z.object({ payload: z.json(), context: z.json().default({}) });

interface Where {
  /** Address of the API. */
  readonly api: string;
  readonly say: (line: string) => void;
  /** Ends the watching, not the execution: it goes on at the next start. */
  readonly signal: AbortSignal;
}

/** Says how it went; a failure is shown and stops nothing, because everything else runs. */
export async function showFirstExecution(
  { config, catalogue, executions }: Platform,
  { api, say, signal }: Where,
): Promise<void> {
  const file = path.join(config.definitionsDir, 'fixtures', 'coach.json');
  if (!existsSync(file)) return;
  try {
    say(`\nNothing has run here yet, so ${FLAGSHIP} runs once on the sample recording:\n`);
    const { payload, context } = request.parse(JSON.parse(readFileSync(file, 'utf8')));
    const { executionId } = await executions.start({
      ...(await catalogue.loadPlan(FLAGSHIP, () => ({ payload, context }))),
      payload,
      context,
    });
    await executions.wait(executionId, AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]));
    if (signal.aborted) return;
    const { status, steps, output, error, duration } = await executions.describe(executionId);
    for (const step of steps) say(`  ${stepLine(step)}`);
    say(`\n  ${status} after ${(duration / 1000).toFixed(1)} s: ${api}/executions/${executionId}\n`);
    if (isObject(output))
      for (const [name, value] of Object.entries(output)) say(`  ${name.padEnd(16)} ${short(value)}`);
    if (error) say(`  ${error.detail}`);
  } catch (thrown) {
    say(`  It could not run: ${toProblem(thrown).detail}`);
  }
}

function stepLine({ name, status, provider = '', runMs, waitMs }: TimelineStep): string {
  return [name.padEnd(32), status.padEnd(10), provider.padEnd(12), `${runMs + waitMs} ms`].join(' ');
}

function short(value: Json): string {
  if (isBlobReference(value)) return `${value.mediaType}, ${value.bytes} bytes`;
  if (isObject(value)) {
    const parts = Object.entries(value).map(
      ([name, part]) => `${name}: ${isObject(part) ? short(part) : JSON.stringify(part)}`,
    );
    return clipped(parts.join(', '));
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return clipped(text);
}

function clipped(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

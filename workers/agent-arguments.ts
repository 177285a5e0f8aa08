/** What `npm run worker -- agent` is told on its command line. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { AgentRegistration } from '../src/agents/registration';
import { OmniError } from '../src/plan/problem';
import type { AgentWish } from './agent-claim';

const { id, name, type, pool, maxConcurrency } = AgentRegistration.shape;

const Arguments = z.strictObject({
  type,
  id: id.optional(),
  name: name.optional(),
  pool: pool.unwrap().optional(),
  concurrency: z.preprocess((text) => (text === undefined ? text : Number(text)), maxConcurrency.unwrap().optional()),
});

const USAGE =
  'npm run worker -- agent --type engineer [--id engineer-001] [--concurrency 5] [--pool default] [--name Eve]';

/** Throws `validation` with what may stand there. */
export function agentArguments(args: readonly string[]): { readonly type: string; readonly wish: AgentWish } {
  const text = { type: 'string' } as const;
  const options = { type: text, id: text, name: text, pool: text, concurrency: text };
  let values: Readonly<Record<string, unknown>>;
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    throw wrong((error as Error).message);
  }
  const parsed = Arguments.safeParse({ ...values });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const option = String(issue?.path[0]);
    throw wrong(values[option] === undefined ? `--${option} is missing` : `--${option}: ${issue?.message}`);
  }
  const { type, ...wish } = parsed.data;
  return { type, wish: Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)) };
}

function wrong(what: string): OmniError {
  return new OmniError('validation', `${what.replace(/\.$/, '')}. ${USAGE}`);
}

/** The file of approved contracts: what every tool of every MCP server looked like when somebody agreed to it. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { JsonSchema } from '../../plan/json';
import { canonical } from '../../plan/json';
import { OmniError } from '../../plan/problem';

/** A tool as its server describes it. All of it is shown to models and people, so all of it is approved. */
export interface Offer {
  readonly title?: string;
  readonly description: string;
  readonly input: JsonSchema;
  readonly output?: JsonSchema;
}

/** By server, then by the tool's own name. */
export type Lock = Readonly<Record<string, Readonly<Record<string, Offer>>>>;

const schema = z.record(z.string(), z.json()) as z.ZodType<JsonSchema>;
const approved = z.strictObject({
  hash: z.string(),
  title: z.string().optional(),
  description: z.string(),
  input: schema,
  output: schema.optional(),
});
const file = z.record(z.string(), z.record(z.string(), approved));

/** SHA-256 over the canonical JSON. */
export function hashOf(offer: Offer): string {
  return createHash('sha256').update(canonical(offer)).digest('hex');
}

/** Empty when there is no such file. Throws `validation` when it is no lock or was changed by another hand. */
export function readLock(at: string): Lock {
  if (!existsSync(at)) return {};
  const parsed = file.safeParse(parse(readFileSync(at, 'utf8')));
  if (!parsed.success) throw broken(at, 'it is not what was written');
  return Object.fromEntries(
    Object.entries(parsed.data).map(([server, tools]) => [
      server,
      Object.fromEntries(
        Object.entries(tools).map(([tool, { hash, ...offer }]) => {
          // Absent members were left out by JSON, which the type does not know.
          if (hashOf(offer as Offer) !== hash) throw broken(at, `${server} ${tool} does not match its hash`);
          return [tool, offer as Offer];
        }),
      ),
    ]),
  );
}

/** In one step, so that nobody reads half of it; names are sorted, so that changes are readable. */
export function writeLock(at: string, lock: Lock): void {
  const sorted = <T>(members: Readonly<Record<string, T>>): readonly [string, T][] =>
    Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));
  const content = Object.fromEntries(
    sorted(lock).map(([server, tools]) => [
      server,
      Object.fromEntries(sorted(tools).map(([tool, offer]) => [tool, { hash: hashOf(offer), ...offer }])),
    ]),
  );
  mkdirSync(path.dirname(at), { recursive: true });
  const beside = `${at}.${randomUUID()}`;
  writeFileSync(beside, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(beside, at);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function broken(at: string, why: string): OmniError {
  return new OmniError('validation', `${at} cannot be used: ${why}. Take it from version control, or approve anew.`);
}

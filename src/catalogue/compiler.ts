/** Compiles definitions, each text once for as long as nothing that it depends on has changed. */
import { createHash } from 'node:crypto';
import type { Compiled, DefinitionSource } from '../language/compile';
import { compileDefinition } from '../language/compile';
import type { Diagnostic } from '../language/diagnostic';
import type { KnownDefinitions } from '../language/known-definitions';
import type { SchemaSource } from '../language/named-types';
import { canonical } from '../plan/json';
import type { ToolRegistry } from '../tools/registry';
import type { ToolContract } from '../tools/tool';

export interface Source {
  readonly text: string;
  /** File name or label. */
  readonly file: string;
  /** The id that it must have, where that is settled. */
  readonly id?: string;
  /** What it may execute. */
  readonly definitions?: KnownDefinitions;
}

export type Compiler = (source: Source) => Promise<Compiled>;

/** Where the work is done: in this thread, or in one of its own. */
export type Compile = (
  source: DefinitionSource & { readonly schemas: SchemaSource },
  registry: ToolRegistry,
) => Promise<Compiled>;

const compileHere: Compile = (source, registry) => Promise.resolve(compileDefinition(source, registry));

/** Texts that nobody asks for any more must not pile up. */
const MAX_KEPT = 500;

export function createCompiler(
  registry: ToolRegistry,
  schemas: SchemaSource,
  compile: Compile = compileHere,
): Compiler {
  const kept = new Map<string, { readonly compiled: Promise<Compiled>; readonly used: ReadonlyMap<string, string> }>();
  // A contract that was replaced is another one, though it bears the same name.
  const numbers = new WeakMap<ToolContract, number>();
  return (source) => {
    const key = keyOf(source, { registry, numbers });
    const before = kept.get(key);
    if (before !== undefined && [...before.used].every(([name, seen]) => canonical(schemas(name)) === seen))
      return before.compiled;
    const used = new Map<string, string>();
    const reading: SchemaSource = (name) => {
      const found = schemas(name);
      used.set(name, canonical(found));
      return found;
    };
    const compiled = compile({ ...source, schemas: reading }, registry).then((done) => withId(source, done));
    if (kept.size >= MAX_KEPT) kept.clear();
    const made = { compiled, used };
    kept.set(key, made);
    const { revision } = registry;
    const forget = (): void => void (kept.get(key) === made && kept.delete(key));
    // With other tools than it was asked for: right for now, and not to be found again.
    compiled.then(() => revision !== registry.revision && forget(), forget);
    return compiled;
  };
}

interface KeyParts {
  readonly registry: ToolRegistry;
  readonly numbers: WeakMap<ToolContract, number>;
}

let last = 0;
const nextNumber = (): number => (last += 1);

/** The tools that exist are part of it: a definition that lacks one becomes whole when the tool is registered. */
function keyOf({ text, file, id = '', definitions }: Source, { registry, numbers }: KeyParts): string {
  const tools = registry.contracts().map((contract) => {
    const number = numbers.get(contract) ?? nextNumber();
    numbers.set(contract, number);
    const providers = registry
      .providersOf(contract.name)
      .map((provider) => `${provider}@${registry.queue(provider, contract.name) ?? ''}`);
    return [contract.name, number, ...providers].join(' ');
  });
  return createHash('sha256')
    .update(
      [
        text,
        file,
        id,
        canonical(definitions === undefined ? null : [[...definitions.reached], definitions.ids]),
        ...tools,
      ].join('\0'),
    )
    .digest('hex');
}

function withId({ text, file, id }: Source, compiled: Compiled): Compiled {
  if (id === undefined || compiled.plan === undefined || compiled.plan.id === id) return compiled;
  const message = `The definition calls itself ${compiled.plan.id} and stands under the name ${id}. Make them the same, or leave its id out.`;
  const { definition, diagnostics, calls, output } = compiled;
  return {
    calls,
    output,
    diagnostics: [...diagnostics, idFault({ text, file }, message)],
    ...(definition === undefined ? {} : { definition }),
  };
}

/** An error at the key `id`, or at the beginning where there is none. */
export function idFault({ text, file }: Pick<Source, 'text' | 'file'>, message: string): Diagnostic {
  const lines = text.split('\n');
  const index = Math.max(
    0,
    lines.findIndex((line) => /^\s*"?id"?\s*:/.test(line)),
  );
  const source = lines[index] ?? '';
  const column = source.length - source.trimStart().length + 1;
  return {
    file,
    code: 'invalid-id',
    severity: 'error',
    line: index + 1,
    column,
    length: Math.max(1, source.trim().length),
    message,
    source,
  };
}

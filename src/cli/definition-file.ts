/** Definitions as the command line names them: by file, or by id within the definitions folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import { definitionFolder } from '../catalogue/definition-folder';
import type { DefinitionSource } from '../language/compile';
import { compileWithCalled } from '../language/compile-with-called';
import type { Diagnostic } from '../language/diagnostic';
import type { SchemaSource } from '../language/named-types';
import { parseScenarios } from '../language/scenario-file';
import type { Plan } from '../plan/plan';
import type { ToolRegistry } from '../tools/registry';

export interface CompiledFile {
  /** As it was named. */
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when there are errors, and of a file of scenarios. */
  readonly plan?: Plan;
}

/** The id is the file's name, as it is in the definitions folder. Throws `InvalidArgumentError` when it cannot be read. */
export async function compileFile(
  file: string,
  { cwd, registry }: { readonly cwd: string; readonly registry: ToolRegistry },
): Promise<CompiledFile> {
  const place = path.resolve(cwd, file);
  const text = readText(place);
  if (/\.scenarios\.ya?ml$/.test(file))
    return { file, diagnostics: parseScenarios({ text, file }, registry).diagnostics };
  const { schemas } = definitionFolder(path.dirname(place), { follow: true });
  const { plan, diagnostics } = await compileWithCalled({ text, file, schemas }, registry, {
    ids: siblings(place),
    source: (id) => Promise.resolve(beside(place, id, schemas)),
  });
  return { file, diagnostics, ...(plan === undefined ? {} : { plan }) };
}

/** Ids of the definitions of the same folder. */
function siblings(place: string): readonly string[] {
  return readdirSync(path.dirname(place)).flatMap((name) => /^([a-z][a-z0-9-]*)\.ya?ml$/.exec(name)?.[1] ?? []);
}

/** Another definition of the same folder. */
function beside(place: string, id: string, schemas: SchemaSource): DefinitionSource | undefined {
  const file = ['.yaml', '.yml'].map((ending) => path.join(path.dirname(place), id + ending)).find(existsSync);
  return file === undefined ? undefined : { text: readText(file), file, schemas };
}

/** Throws `InvalidArgumentError` when it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A file when there is one of that name, else the definition of that id. Throws `InvalidArgumentError` when there is neither. */
export function findDefinition(
  name: string,
  { cwd, folder }: { readonly cwd: string; readonly folder: string },
): string {
  const places = [path.resolve(cwd, name), ...['.yaml', '.yml'].map((ending) => path.join(folder, name + ending))];
  const found = places.find((place) => /\.ya?ml$/.test(place) && existsSync(place));
  if (found === undefined)
    throw new InvalidArgumentError(`There is no file ${name}, and no definition of that id in ${folder}.`);
  return path.relative(cwd, found) || found;
}

export function errorsIn(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.filter(({ severity }) => severity === 'error').length;
}

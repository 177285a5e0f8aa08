/** The definitions that can be started: files are the base, a published version wins until a file with a higher version appears. */
import { createHash } from 'node:crypto';
import type { Diagnostic } from '../language/diagnostic';
import type { Compiled, DefinitionOutline } from '../language/compile';
import { knownDefinitions } from '../language/known-definitions';
import { nearWord } from '../language/near-word';
import { pricesOf, refuseUnpriced } from '../language/plan-prices';
import type { JsonObject } from '../plan/json';
import type { StartFacts } from '../plan/load';
import type { Plan } from '../plan/plan';
import { OmniError } from '../plan/problem';
import type { Snapshot } from '../plan/record';
import type { DefinitionTable } from '../store/definition-table';
import type { ToolRegistry } from '../tools/registry';
import type { DefinitionFolder } from './definition-folder';
import type { Compile, Source } from './compiler';
import { createCompiler, idFault } from './compiler';
import type { DefinitionVersion } from './definition-version';
import { versionsOf } from './definition-version';
import { compareVersions } from './version';

export interface CatalogueEntry {
  readonly id: string;
  readonly origin: 'file' | 'published';
  /** Name in the definitions folder. */
  readonly file?: string;
  /** The YAML, or JSON, as it was written. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when the definition has errors: it is shown, but cannot be started. */
  readonly plan?: Plan;
  /** What can be said of it even so: name, version, schemas of input and output. */
  readonly definition?: DefinitionOutline;
}

/** A definition could not be published. */
export class RefusedDefinition extends OmniError {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const first = errors[0];
    const place = first === undefined ? '' : ` The first, in line ${first.line}: ${first.message}`;
    super('validation', `The definition has ${errors.length} error${errors.length === 1 ? '' : 's'}.${place}`, {
      status: 422,
    });
  }
}

export interface Catalogue {
  /** All definitions by id, broken ones included. */
  list(): Promise<readonly CatalogueEntry[]>;
  /** Throws `not-found` with the nearest name. */
  get(id: string): Promise<CatalogueEntry>;
  /** Its versions, the highest first. Throws `not-found` with the nearest name. */
  versions(id: string): Promise<readonly DefinitionVersion[]>;
  /**
   * What an execution starts with, prices included. Throws `not-found`, `validation` for a definition with errors, and `policy` for
   * one with a `maxCost` that may call what has no known price. `startOf`: what flags may go by; what it throws is thrown.
   */
  loadPlan(
    id: string,
    startOf?: (plan: Plan) => StartFacts,
  ): Promise<{ readonly plan: Plan; readonly snapshot: Snapshot }>;
  /** What publishing a text would say of it; nothing is kept. */
  check(text: string): Promise<Pick<CatalogueEntry, 'diagnostics' | 'plan' | 'definition'>>;
  /**
   * Publishes YAML text or the same as an object, under `id`, the definition's own id or its name's slug.
   * Throws `RefusedDefinition`, and `conflict` when the version is not above the one that counts now, or with status 412 when `follows`
   * says of what counts now that it is not what this is meant to follow; nobody else can then publish in between.
   */
  publish(
    definition: string | JsonObject,
    options?: { readonly id?: string; readonly follows?: (current: CatalogueEntry | undefined) => boolean },
  ): Promise<CatalogueEntry>;
}

export interface CatalogueDependencies {
  readonly folder: DefinitionFolder;
  readonly table: DefinitionTable;
  readonly registry: ToolRegistry;
  /** Flags and settings as they are now, for such a start. */
  readonly snapshot: (facts?: StartFacts) => Promise<Snapshot>;
  /** Where definitions are compiled; in this thread unless told. */
  readonly compile?: Compile;
  /** Called when a definition has been published, with what counts then; what it throws, `publish` throws. */
  readonly published?: (entry: CatalogueEntry) => Promise<void>;
  /** Whether there is a key that payloads are encrypted with; default false. */
  readonly encrypts?: boolean;
}

export function createCatalogue(deps: CatalogueDependencies): Catalogue {
  const compile = createCompiler(deps.registry, deps.folder.schemas, deps.compile);

  const fromFolder = async (): Promise<readonly CatalogueEntry[]> =>
    settleIds(
      await Promise.all(
        (await deps.folder.files()).map(async ({ id, file, text }) => ({
          ...entryOf(await compile({ text, file }), { id, text }),
          file,
        })),
      ),
    );
  const published = async (id: string, text: string): Promise<CatalogueEntry> => ({
    ...entryOf(await compile({ text, file: `${id}.yaml`, id }), { id, text }),
    origin: 'published',
  });

  const alone = async (id: string): Promise<CatalogueEntry | undefined> => {
    const [files, row] = await Promise.all([fromFolder(), deps.table.find(id)]);
    const file = files.find((entry) => entry.id === id);
    return row === undefined ? file : winner(file, await published(id, row.text));
  };
  const compileEntry = (entry: CatalogueEntry): Promise<Compiled> => compile(sourceOf(entry));
  /** With the types of what it executes. */
  const compileWhole = async (source: Source): Promise<Compiled> => {
    const compiled = await compile(source);
    const { calls, plan } = compiled;
    if (calls.length === 0 || plan === undefined) return compiled;
    const definitions = await knownDefinitions(calls, {
      ids: (await fromFolder()).map(({ id }) => id),
      compiled: async (id) => {
        const entry = await alone(id);
        return entry && compileEntry(entry);
      },
    });
    return compile({ ...source, definitions });
  };
  const whole = async (entry: CatalogueEntry): Promise<CatalogueEntry> => {
    if (entry.plan === undefined || (await compileEntry(entry)).calls.length === 0) return entry;
    const { id, origin, file, text } = entry;
    const facts = factsOf(await compileWhole(sourceOf(entry)));
    return { id, origin, text, ...(file === undefined ? {} : { file }), ...facts };
  };
  const list = async (): Promise<readonly CatalogueEntry[]> => {
    const rows = await deps.table.list();
    const byId = new Map((await fromFolder()).map((entry) => [entry.id, entry]));
    const entries = await Promise.all(rows.map(async ({ id, text }) => published(id, text)));
    for (const entry of entries) byId.set(entry.id, winner(byId.get(entry.id), entry));
    return Promise.all([...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(whole));
  };
  const find = async (id: string): Promise<CatalogueEntry | undefined> => {
    const entry = await alone(id);
    return entry && whole(entry);
  };
  const get = async (id: string): Promise<CatalogueEntry> => {
    const entry = await find(id);
    if (entry === undefined)
      throw unknown(
        id,
        (await list()).map((one) => one.id),
      );
    return entry;
  };
  const loadPlan: Catalogue['loadPlan'] = async (id, startOf) => {
    const { plan, diagnostics } = await get(id);
    if (plan === undefined) throw broken(id, diagnostics);
    refuseUnencrypted(plan, deps.encrypts);
    const prices = pricesOf(plan, deps.registry);
    refuseUnpriced(plan, prices);
    return { plan, snapshot: { ...(await deps.snapshot(startOf?.(plan))), prices } };
  };

  return {
    list,
    get,
    async versions(id) {
      const current = await get(id);
      const [files, published] = await Promise.all([fromFolder(), deps.table.versions(id)]);
      return versionsOf({ file: files.find((entry) => entry.id === id), published, current });
    },
    loadPlan,
    check: async (text) => factsOf(await compileWhole({ text, file: 'definition' })),
    async publish(definition, { follows, ...options } = {}) {
      const text = typeof definition === 'string' ? definition : JSON.stringify(definition, null, 2);
      const label = options.id === undefined ? 'definition' : `${options.id}.yaml`;
      const { plan, diagnostics } = await compileWhole({ text, file: label, ...options });
      if (plan === undefined) throw new RefusedDefinition(diagnostics);
      refuseUnencrypted(plan, deps.encrypts);
      const last = follows && ((await deps.table.find(plan.id))?.hash ?? null);
      const before = await find(plan.id);
      if (follows?.(before) === false) throw overtaken(plan.id);
      const current = before?.plan;
      if (current?.hash !== plan.hash) {
        checkRise(plan, current);
        const added = await deps.table.add({ id: plan.id, version: plan.version, text, hash: sha256(text) }, last);
        if (!added) throw overtaken(plan.id);
      }
      const entry = await get(plan.id);
      await deps.published?.(entry);
      return entry;
    },
  };
}

function refuseUnencrypted({ id, guards }: Plan, encrypts = false): void {
  if (!guards.security.encryption || encrypts) return;
  throw new OmniError(
    'policy',
    `${id} asks for encryption (guards.security.encryption), and nothing is encrypted here. Set ENCRYPTION_KEY and leave ENCRYPTION_ENABLED alone, or take the guard out.`,
  );
}

function entryOf(compiled: Compiled, { id, text }: { id: string; text: string }): CatalogueEntry {
  return { id: compiled.plan?.id ?? id, origin: 'file', text, ...factsOf(compiled) };
}

function factsOf({
  plan,
  diagnostics,
  definition,
}: Compiled): Pick<CatalogueEntry, 'diagnostics' | 'plan' | 'definition'> {
  return {
    diagnostics,
    ...(plan === undefined ? {} : { plan }),
    ...(definition === undefined ? {} : { definition }),
  };
}

/** What the entry was compiled from. */
function sourceOf({ id, file, text }: CatalogueEntry): Source {
  return file === undefined ? { text, file: `${id}.yaml`, id } : { text, file };
}

/** Two files may claim one id: the first keeps it, the other is shown under its file's name, with the reason. */
function settleIds(entries: readonly CatalogueEntry[]): readonly CatalogueEntry[] {
  const owners = new Map<string, CatalogueEntry>();
  return entries.map((entry) => {
    const owner = owners.get(entry.id);
    if (owner === undefined) {
      owners.set(entry.id, entry);
      return entry;
    }
    const { id, file = '', text, origin, diagnostics } = entry;
    const fault = idFault({ text, file }, `The id ${id} is taken by ${owner.file ?? owner.origin}. Choose another.`);
    return { id: file.replace(/\.ya?ml$/, ''), origin, file, text, diagnostics: [...diagnostics, fault] };
  });
}

function winner(file: CatalogueEntry | undefined, published: CatalogueEntry): CatalogueEntry {
  if (file?.plan === undefined) return published;
  if (published.plan === undefined) return file;
  return compareVersions(file.plan.version, published.plan.version) > 0 ? file : published;
}

function checkRise(plan: Plan, current: Plan | undefined): void {
  if (current === undefined || compareVersions(plan.version, current.version) > 0) return;
  throw new OmniError(
    'conflict',
    `Version ${current.version} of ${plan.id} counts now, and ${plan.version} is not above it. Raise the definition's version and publish again.`,
  );
}

function overtaken(id: string): OmniError {
  return new OmniError(
    'conflict',
    `The workflow ${id} has been changed since it was read. Read it again, and publish on top of what it is now.`,
    { status: 412 },
  );
}

function unknown(id: string, ids: readonly string[]): OmniError {
  const near = nearWord(id, ids);
  const hint = near === undefined ? 'GET /workflows lists those there are.' : `Did you mean ${near}?`;
  return new OmniError('not-found', `There is no workflow ${id}. ${hint}`, {
    retryable: false,
    ...(near !== undefined && { data: { suggestion: near } }),
  });
}

function broken(id: string, diagnostics: readonly Diagnostic[]): OmniError {
  const first = diagnostics.find(({ severity }) => severity === 'error');
  const place = first === undefined ? '' : ` ${first.file}:${first.line}:${first.column}: ${first.message}`;
  return new OmniError('validation', `The workflow ${id} has errors and cannot be started.${place}`, { status: 422 });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

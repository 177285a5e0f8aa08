/** Starts what the API and the library are asked for: a definition by name, or one call of one tool. */
import type { Catalogue } from '../catalogue/catalogue';
import type { Executions } from '../executions/executions';
import type { StartEvent, Started } from '../executions/start';
import { toolCallPlan } from '../executions/tool-call';
import { nearWord } from '../language/near-word';
import { pricesOf } from '../language/plan-prices';
import { validateValue } from '../language/validate';
import type { EmittedEvent } from '../plan/emit';
import type { Json, JsonObject } from '../plan/json';
import type { Fault } from '../plan/problem';
import { OmniError } from '../plan/problem';
import type { ToolRegistry } from '../tools/registry';
import type { ToolContract } from '../tools/tool';
import { faultsOf, invalid } from './faults';

export interface StartParts {
  readonly catalogue: Catalogue;
  readonly executions: Executions;
  readonly registry: ToolRegistry;
}

export interface WorkflowRequest {
  readonly name: string;
  readonly payload: Json;
  readonly context: Json;
  readonly idempotencyKey?: string;
  /** Who asks. */
  readonly by?: string;
}

/**
 * Checks the payload against the definition's types and starts it. Throws `not-found`, `validation` with a pointer
 * (below `/payload`) to each fault, and what `Executions.start` throws.
 */
export async function startWorkflow({ catalogue, executions }: StartParts, request: WorkflowRequest): Promise<Started> {
  const { plan, snapshot } = await catalogue.loadPlan(request.name, () => request);
  const { value, faults } = validateValue(plan.input, request.payload, '/payload');
  if (faults.length > 0) throw invalid('The payload', faults);
  return executions.start({
    plan,
    snapshot,
    payload: value,
    context: request.context,
    ...keyOf(request),
    ...byOf(request),
  });
}

/** A CloudEvent, its data apart. */
export interface EventRequest {
  /** Every attribute but the data: what `trigger.event` holds. */
  readonly event: StartEvent & { readonly type: string };
  readonly data: Json;
  /** Who sends it. */
  readonly by?: string | undefined;
}

export interface EventOutcome {
  readonly started: readonly (Started & { readonly workflow: string })[];
  /** Definitions that listen but whose types the data do not fit. */
  readonly refused: readonly { readonly workflow: string; readonly errors: readonly Fault[] }[];
}

/**
 * Starts every definition that listens to the event's type, each at most once per event, with the data as its payload. Throws
 * `validation` with pointers below `/data` when the data fit none of them, and what `Executions.start` throws.
 */
export async function startForEvent(
  { catalogue, executions }: Pick<StartParts, 'catalogue' | 'executions'>,
  { event, data, by }: EventRequest,
): Promise<EventOutcome> {
  const plans = (await catalogue.list()).flatMap(({ plan }) => (plan?.events.includes(event.type) ? [plan] : []));
  const checked = plans.map((plan) => ({ plan, ...validateValue(plan.input, data, '/data') }));
  const fitting = checked.filter(({ faults }) => faults.length === 0);
  const refused = checked.flatMap(({ plan, faults }) =>
    faults.length === 0 ? [] : [{ workflow: plan.id, errors: faults }],
  );
  if (fitting.length === 0 && refused.length > 0) throw invalid('The event', uniqueFaults(refused));
  const started = await Promise.all(
    fitting.map(async ({ plan, value }) => {
      const { snapshot } = await catalogue.loadPlan(plan.id, () => ({ payload: value, context: {} }));
      return {
        workflow: plan.id,
        ...(await executions.start({ plan, snapshot, payload: value, context: {}, event, ...byOf({ by }) })),
      };
    }),
  );
  return { started, refused };
}

/** The same for an event that an execution emits: ids of the executions started, and of the definitions that it does not fit. */
export async function deliverEvent(
  parts: Pick<StartParts, 'catalogue' | 'executions'>,
  { event, data }: { readonly event: EmittedEvent; readonly data: Json },
): Promise<{ readonly started: readonly string[]; readonly refused: readonly string[] }> {
  const { started, refused } = await startForEvent(parts, { event: { ...event }, data });
  return {
    started: started.map(({ executionId }) => executionId),
    refused: refused.map(({ workflow }) => workflow),
  };
}

function uniqueFaults(refused: EventOutcome['refused']): readonly Fault[] {
  const faults = refused.flatMap(({ errors }) => errors);
  return [...new Map(faults.map((fault) => [`${fault.pointer} ${fault.detail}`, fault])).values()];
}

export interface ToolRequest {
  /** `category.action`. */
  readonly tool: string;
  readonly provider: string;
  readonly input: JsonObject;
  readonly context: Json;
  readonly idempotencyKey?: string;
  /** Who asks. */
  readonly by?: string;
}

/**
 * Checks the input against the tool's contract and starts an execution of that one call. Throws `not-found` with the nearest
 * name, `validation` with a pointer (below `/input`) to each fault, and what `Executions.start` throws.
 */
export async function startToolCall({ registry, executions }: StartParts, request: ToolRequest): Promise<Started> {
  const contract = findContract(registry, request.tool);
  const providers = registry.providersOf(contract.name);
  if (!providers.includes(request.provider)) throw unknown(`provider of ${contract.name}`, request.provider, providers);
  const checked = contract.input.safeParse(request.input);
  if (!checked.success) throw invalid('The input', faultsOf(checked.error, '/input'));
  const idempotent = contract.idempotentFor?.(request.input) ?? contract.idempotent;
  const queue = registry.queue(request.provider, contract.name);
  const plan = toolCallPlan({ ...contract, idempotent }, request.provider, queue);
  return executions.start({
    plan,
    snapshot: { flags: {}, settings: {}, prices: pricesOf(plan, registry) },
    payload: request.input,
    context: request.context,
    ...keyOf(request, `${contract.name}/${request.provider}/`),
    ...byOf(request),
  });
}

/** Throws `not-found` with the nearest name. */
export function findContract(registry: ToolRegistry, tool: string): ToolContract {
  const contract = registry.contract(tool);
  if (contract !== undefined) return contract;
  const known = registry.contracts().map(({ name }) => name);
  throw unknown('tool', tool, known);
}

/** `not-found` for a name, with the nearest known one. */
export function unknown(what: string, name: string, known: readonly string[]): OmniError {
  const near = nearWord(name, known);
  const hint = near === undefined ? `There are: ${known.join(', ') || 'none'}.` : `Did you mean ${near}?`;
  return new OmniError(
    'not-found',
    `There is no ${what} called ${name}. ${hint}`,
    near === undefined ? {} : { data: { suggestion: near } },
  );
}

function byOf({ by }: { readonly by?: string | undefined }): { by?: string } {
  return by === undefined ? {} : { by };
}

function keyOf(request: { readonly idempotencyKey?: string }, prefix = ''): { idempotencyKey?: string } {
  return request.idempotencyKey === undefined ? {} : { idempotencyKey: prefix + request.idempotencyKey };
}

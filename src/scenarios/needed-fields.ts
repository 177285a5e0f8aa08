/** Optional payload fields that a definition hands to a tool which requires them: whoever leaves them out gets a refused input. */
import { contractSchema } from '../language/tool-types';
import type { Json, JsonSchema } from '../plan/json';
import { isObject, own } from '../plan/json';
import type { Plan, Template } from '../plan/plan';
import type { ToolRegistry } from '../tools/registry';

/** The payload's schema with these fields required too. */
export function withNeeded(plan: Plan, registry: ToolRegistry): JsonSchema {
  const written = own(plan.input, 'required');
  const required = Array.isArray(written) ? (written as readonly string[]) : [];
  const known = own(plan.input, 'properties');
  const needed = neededIn(plan.steps as unknown as Json, registry).filter((name) => own(known, name) !== undefined);
  return { ...plan.input, required: [...new Set([...required, ...needed])] };
}

/** Whatever holds it: loops, branches, handlers. */
function neededIn(node: Json, registry: ToolRegistry): readonly string[] {
  if (Array.isArray(node)) return (node as readonly Json[]).flatMap((item) => neededIn(item, registry));
  if (!isObject(node)) return [];
  const inner = Object.values(node).flatMap((value) => neededIn(value, registry));
  const tool = node['kind'] === 'tool' && typeof node['tool'] === 'string' ? node['tool'] : undefined;
  const contract = tool === undefined ? undefined : registry.contract(tool);
  if (contract === undefined) return inner;
  const required = own(contractSchema(contract.input, 'input'), 'required');
  const template = node['input'] as unknown as Template;
  if (!Array.isArray(required) || template.kind !== 'object') return inner;
  const read = (required as readonly string[]).flatMap((name) => fieldRead(template.fields[name]) ?? []);
  return [...inner, ...read];
}

/** `x` of `trigger.payload.x`. */
function fieldRead(template: Template | undefined): string | undefined {
  if (template?.kind !== 'expression') return undefined;
  return /^trigger\.payload\.(?:\?)?([A-Za-z_]\w*)$/.exec(template.source)?.[1];
}

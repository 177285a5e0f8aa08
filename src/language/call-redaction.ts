/** What of a call goes out with placeholders, by its tool's contract, and how its answer is turned back. */
import type { Json, JsonObject, JsonSchema } from '../plan/json';
import { isObject, own } from '../plan/json';
import type { RedactionOrder } from '../plan/personal';
import { personalIn } from '../plan/personal';
import { knownValues } from '../privacy/known';
import type { Redaction } from '../privacy/redaction';
import { createRedaction } from '../privacy/redaction';
import type { ToolContract } from '../tools/tool';
import { contractSchema } from './tool-types';

/** Whether a call of the provider leaves the installation. */
export function isOutside(provider: string): boolean {
  return provider !== 'local';
}

export interface Redacted {
  readonly input: JsonObject;
  readonly config: JsonObject;
  readonly redaction: Redaction;
}

/** `order` with its stored values opened. Undefined where the tool delivers what it is given. */
export function redactCall(
  contract: ToolContract,
  { input, config }: { readonly input: unknown; readonly config: JsonObject },
  { key, order }: { readonly key: Uint8Array; readonly order: RedactionOrder },
): Redacted | undefined {
  if (contract.unredacted === 'all') return undefined;
  const redaction = redactionFor(order, key);
  const [leaves, kept] = parted(contract, input);
  return {
    input: { ...(redaction.away(leaves) as JsonObject), ...kept },
    config: redaction.knownAway(config) as JsonObject,
    redaction,
  };
}

/** Kinds of personal data that stand in clear in what a provider was sent; not in what its tool delivers. */
export function leftIn(contract: ToolContract, sent: unknown, order: RedactionOrder | undefined): readonly string[] {
  if (contract.unredacted === 'all') return [];
  return redactionFor(order ?? { origin: '', personal: [] }, new Uint8Array(32)).left(parted(contract, sent)[0]);
}

function redactionFor({ origin, personal }: RedactionOrder, key: Uint8Array): Redaction {
  const all = personal.flatMap((one) => ('within' in one ? personalIn(one.within, one.value) : [one]));
  const known = all.flatMap((one) => ('kind' in one ? knownValues(one.kind, one.value) : []));
  return createRedaction({ key, scope: origin, known });
}

/** What of an input goes out with placeholders, and what as it is. */
function parted(contract: ToolContract, input: unknown): readonly [JsonObject, JsonObject] {
  const kept = new Set([...(contract.unredacted ?? []), ...bytesIn(contract.input, 'input')]);
  const given = Object.entries(isObject(input) ? input : {});
  const those = (stay: boolean): JsonObject => Object.fromEntries(given.filter(([name]) => kept.has(name) === stay));
  return [those(false), those(true)];
}

/** Members that hold a file in base64: nobody reads what is in it. */
export function bytesIn(schema: ToolContract['input'], io: 'input' | 'output'): readonly string[] {
  const properties = own(contractSchema(schema, io), 'properties');
  return Object.entries(isObject(properties) ? properties : {}).flatMap(([name, property]) =>
    own(property, 'contentEncoding') === 'base64' ? [name] : [],
  );
}

/** What the step declares, without what a placeholder in the place of a text would not fit: the whole is checked once it is turned back. */
export function withoutTextRules(schema: JsonSchema): JsonSchema {
  const rules = ['format', 'pattern', 'minLength', 'maxLength'];
  const strip = (value: Json, named: boolean): Json => {
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => strip(item, false));
    if (!isObject(value)) return value;
    const entries = Object.entries(value).filter(([name]) => named || !rules.includes(name));
    return Object.fromEntries(entries.map(([name, part]) => [name, strip(part, !named && name === 'properties')]));
  };
  return strip(schema, false) as JsonSchema;
}

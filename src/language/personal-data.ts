/** Where personal data go: types carry the words of `pii`, expressions pass them on, and what leaves for an outside provider is told. */
import type { ToolContract } from '../tools/tool';
import { bytesIn, isOutside } from './call-redaction';
import type { Node } from '../plan/expression/tree';
import type { Candidate } from '../plan/plan';
import type { Compilation } from './compilation';
import type { Known } from './expression-type';
import type { Type } from './type';
import type { Value } from './value';

const found = new WeakMap<object, ReadonlySet<string>>();
const NONE: ReadonlySet<string> = new Set();

/** The kinds of personal data that a value of the type holds, itself or inside: `email`, `name`. */
export function personalIn(type: Type | Known): ReadonlySet<string> {
  const known = found.get(type);
  if (known !== undefined) return known;
  const own = 'pii' in type && Array.isArray(type.pii) ? (type.pii as readonly string[]) : [];
  const inner = partsOf(type).flatMap((part) => [...personalIn(part)]);
  const words = own.length + inner.length === 0 ? NONE : new Set([...own, ...inner]);
  found.set(type, words);
  return words;
}

function partsOf(type: Type | Known): readonly (Type | Known)[] {
  if (type.kind === 'list') return [type.items];
  if (type.kind === 'optional') return [type.of];
  if (type.kind === 'mixed') return type.members;
  return type.kind === 'object' ? Object.values(type.fields).map((field) => field.type) : [];
}

/** The type, with what it is known to hold. */
export function marked(type: Type, words: Iterable<string>): Type {
  const held = personalIn(type);
  const more = [...words].filter((word) => !held.has(word));
  return more.length === 0 ? type : { ...type, pii: [...(type.pii ?? []), ...more] };
}

/** What of the data that an expression reads is in its value: what it only compares, counts or tests is not. */
export function flowing(node: Node, types: ReadonlyMap<Node, Known>): ReadonlySet<string> {
  const type = types.get(node);
  const from = (...nodes: readonly (Node | undefined)[]): ReadonlySet<string> =>
    new Set(nodes.flatMap((one) => (one === undefined ? [] : [...flowing(one, types)])));
  switch (node.kind) {
    case 'name':
    case 'field':
    case 'index':
      return type === undefined ? NONE : personalIn(type);
    case 'list':
      return from(...node.items);
    case 'map':
      return from(...node.entries.map(({ value }) => value));
    case 'conditional':
      return from(node.then, node.otherwise);
    case 'binary':
      return isTold(type) ? from(node.left, node.right) : NONE;
    case 'call':
      return isTold(type) ? from(node.target, ...node.args) : NONE;
    case 'comprehension':
      return node.macro === 'map' ? from(node.body) : node.macro === 'filter' ? from(node.target) : NONE;
    case 'bind':
      return from(node.body);
    case 'optional-of':
      return from(node.value);
    case 'literal':
    case 'not':
    case 'negate':
    case 'has':
    case 'optional-none':
      return NONE;
  }
}

/** A number, a yes or no, a time that was worked out of a text does not give the text away. */
function isTold(type: Known | undefined): boolean {
  return type !== undefined && !['boolean', 'number', 'null', 'timestamp', 'duration'].includes(type.kind);
}

/** Warns of every input that would leave this machine as it is. */
export function reportPersonalData(
  cx: Compilation,
  input: Value,
  { contract, chain }: { readonly contract: ToolContract; readonly chain: readonly Pick<Candidate, 'provider'>[] },
): void {
  const outside = [...new Set(chain.map(({ provider }) => provider))].filter(isOutside);
  if (outside.length === 0) return;
  const { name: tool, unredacted = [] } = contract;
  const fields = [...(input.fields ?? [])].map(([name, { value }]) => ({ name, value }));
  const stays = (name: string | undefined): boolean =>
    cx.redacts && unredacted !== 'all' && !unredacted.includes(name ?? '');
  if (cx.redacts) reportBytes(cx, fields, { contract, outside });
  const parts = input.fields === undefined ? [{ name: undefined, value: input }] : fields;
  for (const { name, value } of parts) {
    if (stays(name)) continue;
    const { type, range } = value;
    const words = [...personalIn(type)];
    if (words.length > 0)
      cx.report.add(
        'personal-data',
        range,
        `Personal data (${words.join(', ')}) go to ${outside.join(', ')} as they are, in a call of ${tool}. ${
          cx.redacts
            ? 'It is of no use without them, so piiRedaction does not replace them there: leave them out, or make sure that they may go.'
            : 'Set guards.security.piiRedaction, use local, or leave them out.'
        }`,
      );
  }
}

/** Says what the guard cannot do: hear a recording, or put a name back into one. */
function reportBytes(
  cx: Compilation,
  fields: readonly { readonly name: string; readonly value: Value }[],
  { contract, outside }: { readonly contract: ToolContract; readonly outside: readonly string[] },
): void {
  const given = bytesIn(contract.input, 'input');
  const unread = fields.find(({ name }) => given.includes(name));
  if (unread !== undefined)
    cx.report.add(
      'unread-by-redaction',
      unread.value.range,
      `piiRedaction reads texts only: what is said or shown in ${unread.name} goes to ${outside.join(', ')} as it is. Use local if it may not.`,
    );
  const [answered] = bytesIn(contract.output, 'output');
  const [first] = fields;
  if (answered !== undefined && first !== undefined)
    cx.report.add(
      'unread-by-redaction',
      first.value.range,
      `piiRedaction cannot turn placeholders back in ${answered}: ${contract.name} of ${outside.join(', ')} will say or show [NAME_…] in the place of a name. Use local if that may not be.`,
    );
}

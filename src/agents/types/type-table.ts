/** The tables of docs/agents.md, written from the types of agents; `node scripts/agents.mjs` puts them in. */
import { contractSchema } from '../../language/tool-types';
import { own } from '../../plan/json';
import type { Json } from '../../plan/json';
import type { AgentType } from '../capability';
import { fieldsOf, requiredOf, typeText } from './schema-text';

const MARKER = '<!-- types -->';

/** The page with the tables, as wide as they are, between its two markers. */
export function withTypeTables(page: string, types: readonly AgentType[]): string {
  const [before, , after] = page.split(MARKER);
  if (after === undefined) throw new Error(`docs/agents.md needs ${MARKER} twice`);
  return `${before}${MARKER}\n\n${types.map(section).join('\n\n')}\n\n${MARKER}${after}`;
}

function section({ type, description, capabilities, aliases = {} }: AgentType): string {
  const rows = Object.entries(capabilities).map(([name, { description: does, input, output }]) => {
    const words = Object.keys(aliases).filter((alias) => aliases[alias] === name);
    const also = words.map((word) => `, \`${word}\``).join('');
    return line([
      `\`${name}\`${also}`,
      does,
      fields(contractSchema(input, 'input')),
      fields(contractSchema(output, 'output')),
    ]);
  });
  const head = ['capability, and what messages may call it', 'what it does', 'takes', 'gives'];
  return [
    `### ${type}`,
    '',
    description,
    '',
    '<!-- prettier-ignore -->',
    line(head),
    line(head.map(() => '---')),
    ...rows,
  ].join('\n');
}

/** One line per field; `?` where it may be missing. */
function fields(schema: Json): string {
  const required = requiredOf(schema);
  return Object.entries(fieldsOf(schema))
    .map(([name, field]) => {
      const optional = !required.includes(name) || own(field, 'default') !== undefined;
      const what = own(field, 'description');
      return `\`${name}${optional ? '?' : ''}\` ${typeText(field)}${typeof what === 'string' ? `: ${what}` : ''}`;
    })
    .join('<br>');
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

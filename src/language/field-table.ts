/** Every key of the language as Markdown tables, for docs/language.md: made of the tables that the parser reads by. */
import type { Words } from './vocabulary';
import * as vocabulary from './vocabulary';
import { valueOf } from './word-schema';

export interface FieldTable {
  /** What has these keys: `a definition`, `tool` steps. */
  readonly of: string;
  readonly words: Words;
}

const FIRST = ['DEFINITION_WORDS', 'STEP_WORDS', 'KIND_WORDS'];

/** The definition, steps and their kinds, and then what stands inside them, by name. */
export function fieldTables(): readonly FieldTable[] {
  const names = Object.keys(vocabulary).sort();
  const ordered = [...FIRST, ...names.filter((name) => !FIRST.includes(name))];
  const tables = new Map(Object.entries<object>(vocabulary));
  return ordered.flatMap((name): readonly FieldTable[] => {
    const table = tables.get(name) ?? {};
    if (name === 'KIND_WORDS')
      return Object.entries(table as Readonly<Record<string, Words>>).map(([kind, words]) => ({
        of: kind === 'steps' ? 'groups of steps' : `\`${kind}\` steps`,
        words,
      }));
    return name.endsWith('_WORDS') ? [{ of: TITLES[name] ?? `\`${keyOf(name)}\``, words: table as Words }] : [];
  });
}

const TITLES: Readonly<Record<string, string>> = {
  DEFINITION_WORDS: 'a definition',
  STEP_WORDS: 'every step',
  WAIT_WORDS: '`wait`, until a time',
  REMINDER_WORDS: 'a reminder',
  HANDLER_WORDS: 'a handler',
  CASE_WORDS: 'a case of `switch`',
  MAY_CALL_TOOL_WORDS: 'a tool that a model may call',
  MAY_CALL_WORKFLOW_WORDS: 'a definition that a model may call',
  MAY_CALL_AGENT_WORDS: 'an agent that a model may call',
  TYPE_WORDS: 'the long form of a type',
};

/** `WAIT_FOR_WORDS` belongs to `waitFor`. */
function keyOf(name: string): string {
  const [first = '', ...rest] = name.toLowerCase().split('_').slice(0, -1);
  return first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** Markdown, a heading and a table for each. */
export function fieldTableText(): string {
  return fieldTables()
    .map(
      ({ of, words }) => `### Keys of ${of}\n\n| key | value | what it says |\n| --- | --- | --- |\n${rowsOf(words)}\n`,
    )
    .join('\n');
}

function rowsOf(words: Words): string {
  return Object.entries(words)
    .map(([key, { description, schema, required }]) => {
      const cells = [`\`${key}\``, valueOf(schema), required === true ? `${description} Required.` : description];
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    })
    .join('\n');
}

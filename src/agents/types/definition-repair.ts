/** `definition_repair`: writes what diagnostics suggest, wherever that leaves fewer errors than before. */
import { z } from 'zod';
import type { Diagnostic } from '../../language/diagnostic';
import { defineCapability } from '../capability';
import type { DefinitionParts } from './given-definition';
import { compileGiven, diagnosticShape, givenFields, sourceOf, told } from './given-definition';

/** Each one costs a compilation of its own. */
const MAX_REPAIRS = 50;

const repair = z.object({ code: z.string(), line: z.number(), column: z.number(), from: z.string(), to: z.string() });

export const definitionRepair = (parts: DefinitionParts) =>
  defineCapability({
    description: 'Writes what the diagnostics of a definition suggest, where that leaves fewer errors.',
    input: z.strictObject(givenFields),
    output: z.object({
      valid: z.boolean().describe('Whether it compiles now.'),
      definition: z.string(),
      repairs: z.array(repair),
      diagnostics: z.array(diagnosticShape).describe('What is left, for a person.'),
    }),
    async run(given, { signal }) {
      const source = await sourceOf(given, parts);
      const diagnosed = async (text: string): Promise<readonly Diagnostic[]> =>
        (await compileGiven({ ...source, text }, parts)).diagnostics;
      let { text } = source;
      let diagnostics = await diagnosed(text);
      const repairs: z.output<typeof repair>[] = [];
      const useless = new Set<string>();
      while (repairs.length < MAX_REPAIRS && useless.size < MAX_REPAIRS && !signal.aborted) {
        const next = diagnostics.find(
          (one) => one.suggestion !== undefined && isError(one) && !useless.has(keyOf(one)),
        );
        if (next?.suggestion === undefined) break;
        const changed = replaced(text, next);
        const after = await diagnosed(changed);
        if (after.filter(isError).length < diagnostics.filter(isError).length) {
          const { code, line, column, length, source: shown, suggestion: to } = next;
          repairs.push({ code, line, column, from: shown.slice(column - 1, column - 1 + length), to });
          [text, diagnostics] = [changed, after];
        } else useless.add(keyOf(next));
      }
      return {
        output: { valid: !diagnostics.some(isError), definition: text, repairs, diagnostics: diagnostics.map(told) },
      };
    },
  });

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
const keyOf = ({ code, source, column, suggestion }: Diagnostic): string =>
  `${code} ${column} ${suggestion ?? ''} ${source}`;

function replaced(text: string, { line, column, length, suggestion = '' }: Diagnostic): string {
  const lines = text.split('\n');
  const at = lines[line - 1] ?? '';
  lines[line - 1] = at.slice(0, column - 1) + suggestion + at.slice(column - 1 + length);
  return lines.join('\n');
}

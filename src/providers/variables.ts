/** `${NAME}` in the settings of tools: variables of the environment put in their places. */
import type { Environment } from '../config';

export interface Filled {
  readonly filled: Readonly<Record<string, string>>;
  /** What came out of variables: never to stand in an output or error. */
  readonly secrets: readonly string[];
  /** Variables that are not set. */
  readonly absent: readonly string[];
}

const REFERENCE = /\$\{([A-Za-z_]\w*)\}/g;

export function fillVariables(given: Readonly<Record<string, string>>, variables: Environment): Filled {
  const secrets: string[] = [];
  const absent: string[] = [];
  const filled = Object.entries(given).map(([name, text]) => [
    name,
    text.replace(REFERENCE, (_, variable: string) => {
      const value = variables[variable]?.trim() ?? '';
      if (value === '') absent.push(variable);
      else secrets.push(value);
      return value;
    }),
  ]);
  return { filled: Object.fromEntries(filled) as Record<string, string>, secrets, absent };
}

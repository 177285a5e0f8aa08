/** What a broken exchange with an MCP server means to us; nothing of what the server wrote goes into the texts. */
import { OmniError, type BuiltInProblemType } from '../../plan/problem';
import { garbage, networkError, statusError } from '../http/http-error';
import type { McpServer } from './server';

/** JSON-RPC's codes and those of the client library (https://modelcontextprotocol.io/specification/2025-11-25/basic). */
const CLOSED = -32000;
const MEANINGS: Readonly<Record<number, readonly [BuiltInProblemType, says: string, retryable: boolean]>> = {
  [-32001]: ['timeout', 'did not answer in time', true],
  [-32601]: ['tool-error', 'does not know the method', false],
  [-32602]: ['validation', 'refuses the input', false],
};

export interface Broken {
  readonly thrown: unknown;
  /** Whether nothing is lost when the same is asked again. */
  readonly repeatable: boolean;
}

export function callError({ source, far }: McpServer, what: string, { thrown, repeatable }: Broken): OmniError {
  if (thrown instanceof OmniError) return thrown;
  const { provider } = far;
  const { name, code } = namedError(thrown);
  if (name === 'StreamableHTTPError' && code !== undefined && code > 0) return statusError(far, code, what);
  if (name === 'UnauthorizedError') return statusError(far, 401, what);
  if (name !== 'McpError' && 'url' in source) return networkError(far, what, thrown);
  if (name !== 'McpError') return garbage(far, what, 'it is not what the protocol says');
  if (code === CLOSED)
    return repeatable
      ? new OmniError(
          'provider-unavailable',
          `${provider} ended in the middle of ${what}; the next call starts it again. What it wrote is in the log at the level debug.`,
          { provider },
        )
      : new OmniError(
          'outcome-unknown',
          `${provider} ended in the middle of ${what}. Find out there whether it was done before it is asked again.`,
          { provider },
        );
  const [type, says, retryable] = MEANINGS[code ?? 0] ?? ['tool-error', `reports the error ${code}`, true];
  return new OmniError(type, `${provider} did not do ${what}: it ${says}.`, { provider, retryable });
}

/** By shape, since errors may come from another realm. */
function namedError(thrown: unknown): { readonly name: string; readonly code: number | undefined } {
  if (typeof thrown !== 'object' || thrown === null) return { name: '', code: undefined };
  const { constructor, code } = thrown as { readonly code?: unknown } & object;
  const name = 'name' in thrown && typeof thrown.name === 'string' && thrown.name !== 'Error' ? thrown.name : '';
  return { name: name || constructor.name, code: typeof code === 'number' ? code : undefined };
}

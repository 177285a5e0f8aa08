/** One MCP server of the settings: what error texts call it, what its variables hold, and why it cannot be used. */
import path from 'node:path';
import type { Config } from '../../config';
import type { McpSource } from '../../config/shapes';
import { OmniError } from '../../plan/problem';
import type { FarSide } from '../http/http-error';
import { fillVariables } from '../variables';

export interface McpServer {
  readonly source: McpSource;
  readonly far: FarSide;
  /** `env` or `headers` with the variables put in. */
  readonly values: Readonly<Record<string, string>>;
  /** What came out of variables: never to stand in an output or error. */
  readonly secrets: readonly string[];
  /** Where it is started; absent: where the platform was. */
  readonly cwd?: string;
  /** Why it cannot be called, and what to do. */
  readonly unconfigured?: string;
}

/** Headers that hold keys, which do not belong into a file of settings. */
const CREDENTIAL = /^(proxy-)?authorization$|^cookie$|(^|[-_])(key|token|secret|password)$/i;

export function readServer(source: McpSource, { tools, variables }: Pick<Config, 'tools' | 'variables'>): McpServer {
  const given = 'command' in source ? source.env : source.headers;
  const { filled, secrets, absent } = fillVariables(given, variables);
  const bare =
    'url' in source
      ? Object.keys(given).find((name) => CREDENTIAL.test(name) && filled[name] === given[name])
      : undefined;
  const refused =
    'command' in source && !tools.commands.includes(source.command)
      ? `its program is not allowed; set OMNI_MCP_COMMANDS to ${source.command}`
      : bare !== undefined
        ? `put the value of its header ${bare} into a variable, and \${NAME} in its place`
        : absent.length > 0
          ? `set ${absent.join(' and ')}`
          : undefined;
  return {
    source,
    far: {
      provider: source.mcp,
      keyVariable: `the headers of ${source.mcp} in the setting tools`,
      baseUrlVariable: `the url of ${source.mcp} in the setting tools`,
    },
    values: filled,
    secrets,
    ...('command' in source && source.cwd !== undefined ? { cwd: path.resolve(tools.folder, source.cwd) } : {}),
    ...(refused === undefined ? {} : { unconfigured: refused }),
  };
}

export function unusable({ source, unconfigured = '' }: McpServer): OmniError {
  return new OmniError('provider-unavailable', `${source.mcp} cannot be called: ${unconfigured}.`, {
    provider: source.mcp,
    retryable: false,
    undone: true,
  });
}

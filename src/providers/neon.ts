/** Neon: SQL on its PostgreSQL, read-only unless told, and what writes takes effect once. */
import type { Environment } from '../config';
import { OmniError, type ProblemType } from '../plan/problem';
import { runStatement, StatementRefused, type StatementAnswer } from '../store/statement';
import type { SqlInput } from '../tools/sql-query';
import type { CallContext, Provider, ToolAnswer } from '../tools/tool';
import { markerOf } from './marker';

const NAME = 'neon';
const MAX_BYTES = 4 * 1024 * 1024;
const PROBE_TIMEOUT_MS = 10_000;

export function createNeonProvider(variables: Environment): Provider {
  const url = variables['NEON_DATABASE_URL']?.trim() ?? '';
  const usable = URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol);
  const unconfigured = url === '' ? 'set NEON_DATABASE_URL' : 'NEON_DATABASE_URL must be a postgresql:// address';
  const query = async ({ sql, params = [] }: SqlInput, call: CallContext): Promise<ToolAnswer> => {
    if (!usable) throw refused('authentication', `${NAME} cannot be called: ${unconfigured}.`);
    const { write = false } = call.config;
    if (typeof write !== 'boolean') throw refused('validation', 'config.write must be true or false.');
    const once = write ? { onceAs: markerOf(call.idempotencyKey) } : {};
    const { signal, timeoutMs } = call;
    return { output: await guarded({ url, sql, params, ...once, timeoutMs, signal, maxBytes: MAX_BYTES }) };
  };
  return {
    name: NAME,
    title: 'Neon',
    variables: [
      { name: 'NEON_DATABASE_URL', required: true, description: 'Address of the database, with its password.' },
    ],
    ...(usable ? {} : { unconfigured }),
    tools: { 'sql.query': query },
    limits: { concurrent: 10 },
    honours:
      'a writing statement and its key are one transaction; a repeated one is answered from the table `omni_sql_calls`',
    byPlan: true,
    sources: [
      'https://neon.com/docs/connect/connect-from-any-app',
      'https://www.postgresql.org/docs/current/errcodes-appendix.html',
    ],
    async probe(signal) {
      const call = { signal, timeoutMs: PROBE_TIMEOUT_MS, idempotencyKey: 'probe', config: {}, caller: {} };
      await query({ sql: 'SELECT 1' }, call);
    },
  };
}

async function guarded(statement: Parameters<typeof runStatement>[0]): Promise<StatementAnswer> {
  try {
    return await runStatement(statement);
  } catch (thrown) {
    if (statement.signal.aborted)
      throw (statement.signal.reason as Error | undefined)?.name === 'TimeoutError'
        ? refused('timeout', `${NAME} did not finish the statement in time.`)
        : refused('cancelled', `The statement at ${NAME} was cancelled.`);
    throw asProblem(thrown);
  }
}

/** By SQLSTATE; the database's own text may quote values and stays out. */
const BY_CODE: readonly (readonly [RegExp, ProblemType, string])[] = [
  [/^25006$/, 'validation', 'The statement writes. Set config.write to true if it shall.'],
  [/^28/, 'authentication', 'Check user and password in NEON_DATABASE_URL.'],
  [/^42501$/, 'authorization', 'The user of NEON_DATABASE_URL may not do this.'],
  [/^(0A|21|22|23|25|42)/, 'validation', 'Check input.sql and input.params.'],
  [/^(40|55P03)/, 'conflict', 'Another transaction was in the way. It can be tried again.'],
  [/^57014$|^ETIMEDOUT$/, 'timeout', 'It took too long. It can be tried again.'],
];

const UNKNOWN = [
  /^/,
  'provider-unavailable',
  'Check NEON_DATABASE_URL and the database. It can be tried again.',
] as const;

function asProblem(thrown: unknown): OmniError {
  if (thrown instanceof StatementRefused)
    return thrown.reason === 'too-large'
      ? refused('too-large', `${NAME} answered with more than ${MAX_BYTES} bytes; the rest was not read. Ask for less.`)
      : refused(
          'policy',
          'The statement touches tables of the platform itself, which definitions must not. Use others.',
        );
  const code = (thrown as { readonly code?: unknown } | null)?.code;
  const told = typeof code === 'string' && /^\w{2,20}$/.test(code) ? code : 'connection lost';
  const known = BY_CODE.find(([pattern]) => pattern.test(told));
  const [, type, advice] = known ?? UNKNOWN;
  return refused(type, `${NAME} did not run the statement (${told}). ${advice}`);
}

const refused = (type: ProblemType, detail: string): OmniError => new OmniError(type, detail, { provider: NAME });

/** Structured logs: a constant message, facts as fields, never a secret, never personal data. */
import type { Logger } from 'pino';
import { destination, multistream, pino } from 'pino';
import type { Environment } from '../config';
import { activeIds, workedFor } from '../tracing/whereabouts';
import { cleaned, createClean, secretsIn } from './clean-text';
import { createErrorReport, type SendEvent } from './error-report';

export interface LoggerOptions {
  /** Where errors go besides. */
  readonly send?: SendEvent | undefined;
  /** Their secrets appear in no line. */
  readonly variables?: Environment;
}

/** JSON lines on standard error, each with the ids of the active span and whom it is written for; `level` as LOG_LEVEL has it, `role` says which process speaks. */
export function createLogger(level: string, role: string, { send, variables = {} }: LoggerOptions = {}): Logger {
  const lines = destination({ fd: 2, sync: true });
  const clean = createClean(secretsIn(variables));
  return pino(
    {
      level,
      base: { role },
      redact: {
        paths: ['authorization', 'cookie', '*.authorization', '*.cookie', '*.apiKey', '*.password'],
        censor: '[hidden]',
      },
      formatters: {
        level: (label) => ({ level: label }),
        // The ids are nobody's words, and digits in them may look like a card's.
        log: (fields) => ({ ...(cleaned({ ...workedFor(), ...fields }, clean) as object), ...activeIds() }),
      },
      hooks: {
        // Messages of ours are constant; those of libraries may quote anything.
        logMethod(args, method) {
          const [first, ...rest] = args as unknown[];
          const told = rest.map((one) => cleaned(one, clean));
          if (first instanceof Error)
            told.unshift({ err: first }, ...(told.length === 0 ? [clean(first.message)] : []));
          else told.unshift(typeof first === 'string' ? clean(first) : first);
          method.apply(this, told as Parameters<typeof method>);
        },
      },
      // What `formatters.log` has made of it is all that there is to say.
      serializers: { err: (error: unknown) => error },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
    },
    send === undefined
      ? lines
      : multistream([
          { level: 'trace', stream: lines },
          { level: 'error', stream: createErrorReport(send) },
        ]),
  );
}

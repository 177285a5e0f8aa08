/** Structured logs: a constant message, facts as fields, never a secret. */
import type { Logger } from 'pino';
import { destination, multistream, pino } from 'pino';
import { createErrorReport, type SendEvent } from './error-report';

/** JSON lines on standard error; `level` as LOG_LEVEL has it, `role` says which process speaks. `send` is given the errors as well. */
export function createLogger(level: string, role: string, send?: SendEvent): Logger {
  const lines = destination({ fd: 2, sync: true });
  return pino(
    {
      level,
      base: { role },
      redact: {
        paths: ['authorization', 'cookie', '*.authorization', '*.cookie', '*.apiKey', '*.password'],
        censor: '[hidden]',
      },
      formatters: { level: (label) => ({ level: label }) },
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

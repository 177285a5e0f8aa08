/** Structured logs: a constant message, facts as fields, never a secret. */
import type { Logger } from 'pino';
import { destination, pino } from 'pino';

/** JSON lines on standard error; `level` as LOG_LEVEL has it, `role` says which process speaks. */
export function createLogger(level: string, role: string): Logger {
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
    destination({ fd: 2, sync: true }),
  );
}

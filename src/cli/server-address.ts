/** Which server a command talks to. */
import type { Terminal } from './terminal';

/** The one that was named, else `OMNI_URL`, else the one that `npm start` runs on this machine. */
export function serverAddress(named: string | undefined, env: Terminal['env']): string {
  return named ?? (env['OMNI_URL'] || `http://127.0.0.1:${env['PORT'] || '3000'}`);
}

/** Ports of this machine: whether one is free, and a free one. */
import { createServer } from 'node:net';
import { OmniError } from '../plan/problem';

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return listenOnce(0, '127.0.0.1');
}

/** Throws `conflict` when something listens on the port, naming the variable that changes it. */
export async function requireFreePort(port: number, variable: string, host = '127.0.0.1'): Promise<void> {
  try {
    await listenOnce(port, host);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const what = code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${code})`;
    throw new OmniError('conflict', `Port ${port} ${what}. Set ${variable} to a free one, or stop what uses it.`, {
      cause: error,
    });
  }
}

function listenOnce(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

/** Ports of this machine: whether one is free, and a free one. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { OmniError } from '../plan/problem';

/** Below what systems give to outgoing connections, any of which could take the port again before it is used. */
const LOWEST = 10_000;
const HIGHEST = 32_767;

/** A port that may be in use. */
export function randomPort(): number {
  return randomInt(LOWEST, HIGHEST + 1);
}

/** A port that was free a moment ago, chosen at random. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await listenOnce(randomPort(), '127.0.0.1').catch(() => undefined);
    if (port !== undefined) return port;
  }
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

/** A client that does not read costs the server no memory, and one that goes away ends what was begun for it. */
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { streamProgress } from '../../api/event-stream';
import type { PartialPiece } from '../../src/store/partial-channel';
import { until } from '../contracts/provider';

test('partial text beyond what a slow client may leave waiting is left out', async () => {
  let take: ((piece: PartialPiece) => void) | undefined;
  let response: ServerResponse | undefined;
  const gone = new AbortController();
  const partials = {
    listen: (_: string, taker: (piece: PartialPiece) => void) => {
      take = taker;
      return { stop: () => (take = undefined) };
    },
  };
  const executions = { describe: () => Promise.resolve({ steps: [], status: 'running', paused: false }) };
  const server = createServer((_, answer) => {
    response = answer;
    answer.once('close', () => gone.abort());
    void streamProgress({
      executions,
      partials,
      executionId: 'e',
      caller: { id: 'ann', kind: 'key', roles: ['operator'], groups: [] },
      response: answer,
      signal: gone.signal,
    } as never);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  client.pause();
  await until(() => take !== undefined);
  const text = 'x'.repeat(1000);
  for (let seq = 0; seq < 30_000; seq += 1) {
    take?.({ path: 's', call: 1, attempt: 1, provider: 'p', seq, text });
    // Lets the socket take what it can.
    if (seq % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(response?.writableLength).toBeGreaterThan(32 * 1024);
  expect(response?.writableLength).toBeLessThan(128 * 1024);
  client.destroy();
  await until(() => take === undefined);
  server.close();
});

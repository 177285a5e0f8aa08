/** Offers the test files one Temporal server, one PostgreSQL and the workflow bundles, each made when first asked for. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testGround } from './ground';

export default async function setup(): Promise<void> {
  const ground = testGround();
  const answers: Readonly<Record<string, () => Promise<string>>> = {
    '/temporal': () => ground.temporal(),
    '/database': () => ground.database(),
    '/bundle': () => ground.bundle(),
  };
  const desk = createServer((request, response) => {
    const [, variant] = /^\/bundle\/(\w+)$/.exec(request.url ?? '') ?? [];
    const bundle = variant === undefined ? undefined : () => ground.bundle(variant);
    const answer =
      bundle ?? answers[request.url ?? ''] ?? (() => Promise.reject(new Error(`nothing at ${request.url}`)));
    answer().then(
      (text) => response.end(text),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(error instanceof Error ? (error.stack ?? error.message) : String(error));
      },
    );
  });
  // Test files ask seconds apart: a connection must not be closed at the moment that it is used again.
  desk.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  desk.unref();
  process.env['TEST_GROUND'] = `http://127.0.0.1:${(desk.address() as AddressInfo).port}`;
  globalThis.endTestGround = async () => {
    desk.closeAllConnections();
    desk.close();
    await ground.close();
  };
}

declare global {
  var endTestGround: (() => Promise<void>) | undefined;
}

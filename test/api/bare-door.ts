/** What stands before the routes, on a real socket with next to nothing behind it. */
import { connect } from 'node:net';
import express from 'express';
import { BODY_LIMIT_BYTES, readBody } from '../../api/body';
import type { RequestRules } from '../../api/dependencies';
import { checkHost } from '../../api/host-check';
import { problemHandler } from '../../api/problem';
import { limitRate } from '../../api/rate-limit';
import type { Listening } from '../../api/server';
import { listen } from '../../api/server';
import { requestRatesInMemory } from '../../src/store/request-rate-table';
import { quiet } from '../support';

/** `GET` is 200 everywhere, and a body of JSON is 204. `hops`: proxies in front of it. */
export function openBareDoor(rules: Partial<RequestRules> = {}, hops = 0): Promise<Listening> {
  const whole = { host: '127.0.0.1', publicHosts: [], rateLimits: {}, rates: requestRatesInMemory(() => 0), ...rules };
  const app = express();
  app.set('trust proxy', hops);
  app.use(checkHost(whole), limitRate({ ...whole, logger: quiet }));
  app.get(/.*/, (_request, response) => void response.json({ status: 'ok' }));
  app.use(async (request, response) => {
    await readBody(request, { limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'], optional: true });
    response.status(204).end();
  });
  app.use(problemHandler(quiet));
  return listen({ handler: app, drain: () => undefined }, { host: '127.0.0.1', port: 0 });
}

/** Sends bytes as they are and gives everything that comes back until the server closes. */
export function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let said = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (said += chunk));
    socket.once('end', () => resolve(said));
    socket.once('error', reject);
    socket.setTimeout(30_000, () => {
      socket.destroy();
      reject(new Error(`The connection stays open after: ${said}`));
    });
  });
}

/** Stands in for a collector of OpenTelemetry: takes what comes, and remembers it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Collector {
  /** Base address, for OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  /** Bodies as they came. */
  readonly bodies: readonly Buffer[];
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Spans reach a collector as OTLP over HTTP, https://opentelemetry.io/docs/specs/otlp/#otlphttp. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { openTracing } from '../../src/library/tracing';
import { quiet } from '../support';

interface Received {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly resourceSpans: readonly ResourceSpans[] };
}
interface ResourceSpans {
  readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: object }[] };
  readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string; readonly traceId: string }[] }[];
}

const config = { service: 'coach', ratio: 1, days: 7 };
const traceId = '0af7651916cd43dd8448eb211c80319c';
const told = { name: 'step ask', traceId, spanId: 'b7ad6b7169203331', startedAt: 1_000, endedAt: 2_000, failed: true };

async function collector(status: number) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url, headers } = request;
      received.push({ url, headers, body: JSON.parse(Buffer.concat(chunks).toString()) as Received['body'] });
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { received, server, address: `http://127.0.0.1:${port}` };
}

test('spans go to the collector that is configured, with its headers, beside the database', async () => {
  const { received, server, address } = await collector(200);
  const tracing = openTracing({
    config: { ...config, endpoint: `${address}/otel/`, headers: 'x-team=voice,authorization=Bearer%20a=b' },
    version: '1',
    exporters: [],
    logger: quiet,
  });
  try {
    await tracing.begin('call test.echo', { from: told }, () => Promise.resolve());
    tracing.keep({ ...told, attributes: { 'omni.step.path': 'ask' } });
    await tracing.flush();
    const [{ url, headers, body } = { url: '', headers: {}, body: { resourceSpans: [] } }] = received;
    expect({ url, team: headers['x-team'], auth: headers.authorization }).toEqual({
      url: '/otel/v1/traces',
      team: 'voice',
      auth: 'Bearer a=b',
    });
    const [{ resource, scopeSpans } = { resource: { attributes: [] }, scopeSpans: [] }] = body.resourceSpans;
    expect(resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'coach' } });
    const spans = scopeSpans.flatMap((scope) => scope.spans);
    expect(spans).toEqual([
      expect.objectContaining({ name: 'call test.echo', traceId, parentSpanId: told.spanId }),
      expect.objectContaining({
        ...{ name: 'step ask', traceId, spanId: told.spanId },
        ...{ startTimeUnixNano: '1000000000', endTimeUnixNano: '2000000000', status: { code: 2 } },
      }),
    ]);
  } finally {
    await tracing.close();
    server.close();
  }
});

test('a collector that refuses costs its spans, a line in the log and nothing else', async () => {
  const { server, address } = await collector(400);
  const kept: string[] = [];
  const lines: string[] = [];
  const note = (...[, text]: readonly unknown[]): void => void lines.push(String(text));
  const tracing = openTracing({
    config: { ...config, endpoint: address },
    version: '1',
    exporters: [
      {
        export(spans, done) {
          kept.push(...spans.map(({ name }) => name));
          done({ code: 0 });
        },
        shutdown: () => Promise.resolve(),
      },
    ],
    logger: { info: note, warn: note },
  });
  expect(await tracing.begin('call test.echo', {}, () => Promise.resolve(5))).toBe(5);
  await tracing.flush();
  expect(kept).toEqual(['call test.echo']);
  expect(lines).toEqual(['the collector does not take spans: they are lost to it']);
  await tracing.close();
  server.close();
});

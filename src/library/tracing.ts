/** Where this process sends its spans, as it is configured. */
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { Config } from '../config';
import type { Tracing } from '../tracing/tracing';
import { createTracing } from '../tracing/tracing';

export interface TracingParts {
  readonly config: Config['tracing'];
  /** Of package.json. */
  readonly version: string;
  /** Besides a collector. */
  readonly exporters: readonly SpanExporter[];
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export function openTracing({ config, version, exporters, logger }: TracingParts): Tracing {
  const { endpoint, headers, service, ratio } = config;
  const collector =
    endpoint === undefined
      ? []
      : [noted(new OTLPTraceExporter({ url: below(endpoint), headers: pairs(headers) }), logger)];
  return createTracing({ service, version, ratio, exporters: [...exporters, ...collector] });
}

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
function below(endpoint: string): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/traces`;
}

function pairs(headers = ''): Record<string, string> {
  const found = headers.split(',').map((pair) => pair.split(/=(.*)/s));
  return Object.fromEntries(
    found.flatMap(([name = '', value]) => (value === undefined ? [] : [[name.trim(), decoded(value.trim())]])),
  );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Says once that spans are lost, and once that they are not any more. */
function noted(exporter: SpanExporter, logger: TracingParts['logger']): SpanExporter {
  let lost = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS;
        if (failed && !lost)
          logger.warn({ err: result.error }, 'the collector does not take spans: they are lost to it');
        if (!failed && lost) logger.info('the collector takes spans again');
        lost = failed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

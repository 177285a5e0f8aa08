/** Where this process sends its spans, as it is configured. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Config } from '../config';
import type { Tracing } from '../tracing/tracing';
import { createTracing } from '../tracing/tracing';

export interface TracingParts {
  readonly config: Config['tracing'];
  /** Of package.json. */
  readonly version: string;
  /** Besides a collector. */
  readonly exporters: readonly SpanExporter[];
}

export function openTracing({ config, version, exporters }: TracingParts): Tracing {
  const { endpoint, headers, service, ratio } = config;
  const collector =
    endpoint === undefined ? [] : [new OTLPTraceExporter({ url: below(endpoint), headers: pairs(headers) })];
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

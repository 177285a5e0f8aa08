/** What the door needs from the rest of the platform. */
import type { Logger } from 'pino';
import type { Catalogue } from '../src/catalogue/catalogue';
import type { Executions } from '../src/executions/executions';
import type { ToolRegistry } from '../src/tools/registry';

export interface HealthChecks {
  /** Each rejects when its part does not answer; `/readyz` runs them all. */
  readonly [name: string]: () => Promise<void>;
}

/** Numbers of this process in Prometheus' text format. */
export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
  /** One answered request; `route` is the declared path, never the one asked for. */
  observeRequest?(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly durationMs: number;
  }): void;
}

export interface ApiDependencies {
  readonly executions: Executions;
  readonly catalogue: Catalogue;
  readonly registry: ToolRegistry;
  readonly logger: Logger;
  readonly health: HealthChecks;
  readonly metrics?: MetricsSource;
  /** Of the package, shown in the OpenAPI document. */
  readonly version: string;
  /** Queue of a tool that was registered at run time; undefined for built-in ones. */
  readonly queueOf?: (tool: string, provider: string) => string | undefined;
  /** Whether `X-Forwarded-*` may be trusted. */
  readonly behindProxy?: boolean;
}

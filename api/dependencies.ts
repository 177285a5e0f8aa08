/** What the door needs from the rest of the platform. */
import type { Logger } from 'pino';
import type { Catalogue } from '../src/catalogue/catalogue';
import type { Executions } from '../src/executions/executions';
import type { Schedules } from '../src/executions/schedules';
import type { TestingFramework } from '../src/library/testing-framework';
import type { Metrics } from '../src/monitoring/metrics';
import type { Settings } from '../src/settings/settings';
import type { PartialChannel } from '../src/store/partial-channel';
import type { ToolRegistry } from '../src/tools/registry';

export interface HealthChecks {
  /** Each rejects when its part does not answer; `/readyz` runs them all. */
  readonly [name: string]: () => Promise<void>;
}

export interface ApiDependencies {
  readonly executions: Executions;
  readonly schedules: Schedules;
  /** The keys in an environment variable that `trigger.webhook` names. Throws `provider-unavailable` when there are none. */
  readonly webhookSecrets: (variable: string) => readonly Buffer[];
  readonly catalogue: Catalogue;
  readonly settings: Settings;
  readonly registry: ToolRegistry;
  /** What models are writing, as workers tell it. */
  readonly partials: PartialChannel;
  readonly logger: Logger;
  readonly health: HealthChecks;
  readonly metrics: Metrics;
  /** Of the package, shown in the OpenAPI document. */
  readonly version: string;
  /** Absent: `/testing` is not served. */
  readonly testing?: TestingFramework;
  /** Whether `X-Forwarded-*` may be trusted. */
  readonly behindProxy?: boolean;
}

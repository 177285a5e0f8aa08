/** What the door needs from the rest of the platform. */
import type { PayloadCodec } from '@temporalio/common';
import type { Logger } from 'pino';
import type { Agents } from '../src/agents/agents';
import type { Catalogue } from '../src/catalogue/catalogue';
import type { RateLimits } from '../src/config/shapes';
import type { Executions } from '../src/executions/executions';
import type { Schedules } from '../src/executions/schedules';
import type { Dashboard } from '../src/library/dashboard';
import type { TestingFramework } from '../src/library/testing-framework';
import type { Health } from '../src/monitoring/health';
import type { ServedNames } from '../src/monitoring/host-names';
import type { Metrics } from '../src/monitoring/metrics';
import type { Monitoring } from '../src/monitoring/monitoring';
import type { AuditLog } from '../src/security/audit';
import type { Security } from '../src/security/security';
import type { Settings } from '../src/settings/settings';
import type { PartialChannel } from '../src/store/partial-channel';
import type { RequestRateTable } from '../src/store/request-rate-table';
import type { Tracing } from '../src/tracing/tracing';
import type { ToolRegistry } from '../src/tools/registry';

/** For whom requests may be, and how many of them. */
export interface RequestRules extends ServedNames {
  readonly rateLimits: RateLimits;
  readonly rates: RequestRateTable;
}

export interface CodecServer {
  readonly codec: PayloadCodec;
  readonly namespace: string;
  /** Where the Temporal Web UI's pages come from. */
  readonly uiOrigins: readonly string[];
  /** What the local Web UI shows instead of a key: whoever reaches it may read what it shows. Absent: it shows nothing. */
  readonly uiPass?: string;
}

export interface ApiDependencies {
  readonly executions: Executions;
  readonly schedules: Schedules;
  readonly agents: Agents;
  /** The keys in an environment variable that `trigger.webhook` names. Throws `provider-unavailable` when there are none. */
  readonly webhookSecrets: (variable: string) => readonly Buffer[];
  readonly catalogue: Catalogue;
  readonly audit: AuditLog;
  readonly security: Security;
  readonly settings: Settings;
  readonly registry: ToolRegistry;
  /** What models are writing, as workers tell it. */
  readonly partials: PartialChannel;
  readonly logger: Logger;
  readonly health: Health;
  readonly dashboard: Dashboard;
  readonly metrics: Metrics;
  readonly monitoring: Monitoring;
  /** Absent: requests leave no spans. */
  readonly tracing?: Tracing;
  /** Of the package, shown in the OpenAPI document. */
  readonly version: string;
  /** Absent: `/testing` is not served. */
  readonly testing?: TestingFramework;
  /** What requests are held to; absent: what a server on loopback holds to, without limits of rate. */
  readonly requests?: RequestRules;
  /** Absent: nothing is encrypted. */
  readonly codec?: CodecServer;
  /** Where Temporal's Web UI shows the namespace; absent: nobody has said. */
  readonly temporalUi?: string;
  /** Whether `X-Forwarded-*` may be trusted. */
  readonly behindProxy?: boolean;
}

/** The composition root of the library: one open platform and the specification's accessors to its parts. */
import type { Config } from './config';
import { loadConfig } from './config';
import type { AgentCommunication } from './library/agent-communication';
import { createAgentCommunication } from './library/agent-communication';
import type { AgentOrchestrator } from './library/agent-orchestrator';
import { createAgentOrchestrator } from './library/agent-orchestrator';
import type { Configuration } from './library/configuration';
import { createConfiguration } from './library/configuration';
import { createDashboard } from './library/dashboard';
import type { MonitoringSystem } from './library/monitoring-system';
import { createMonitoringSystem } from './library/monitoring-system';
import type { RunningWorker } from './library/platform-health';
import { platformHealth } from './library/platform-health';
import type { SecurityCalls } from './library/security-calls';
import { createSecurityCalls } from './library/security-calls';
import type { ToolLibrary } from './library/tool-library';
import { createToolLibrary } from './library/tool-library';
import type { TestingFramework } from './library/testing-framework';
import { createTestingFramework } from './library/testing-framework';
import { createUnderWay } from './library/under-way';
import type { WorkflowEngine } from './library/workflow-engine';
import { createWorkflowEngine } from './library/workflow-engine';
import { createLogger } from './monitoring/logger';
import type { Platform } from './platform';
import { createSentrySender } from './providers/sentry';
import { openPlatform } from './platform';
import { startAgents } from './library/first-agents';

export interface OrchestratorOptions {
  /** Default: the environment and the settings file, as `npm start` reads them. */
  readonly config?: Config;
}

export class Orchestrator {
  readonly #platform: Platform;
  readonly #underWay = createUnderWay();
  readonly #workflows: WorkflowEngine;
  readonly #tools: ToolLibrary;
  readonly #communication: AgentCommunication;
  readonly #agents: AgentOrchestrator;
  readonly #testing: TestingFramework;
  readonly #configuration: Configuration;
  readonly #monitoring: MonitoringSystem;
  readonly #security: SecurityCalls;

  private constructor(platform: Platform, engine: RunningWorker) {
    this.#platform = platform;
    this.#workflows = createWorkflowEngine(platform, this.#underWay);
    this.#tools = createToolLibrary(platform, this.#underWay);
    this.#communication = createAgentCommunication(platform.agents, this.#underWay);
    this.#agents = createAgentOrchestrator({ agents: platform.agents, workflows: this.#workflows });
    this.#testing = createTestingFramework(platform);
    this.#configuration = createConfiguration(platform.settings);
    const { monitoring, registry } = platform;
    const health = platformHealth(platform, { workers: [engine] });
    this.#monitoring = createMonitoringSystem(platform, createDashboard({ monitoring, registry, health }));
    this.#security = createSecurityCalls(platform, () => Date.now());
  }

  /**
   * Connects to TEMPORAL_ADDRESS and DATABASE_URL, or starts servers of its own, and runs an engine worker in this process, and one agent
   * of each type where `OMNI_AGENTS` says so.
   * Rejects with `OmniError` when one of them cannot be had.
   */
  static async open({ config = loadConfig() }: OrchestratorOptions = {}): Promise<Orchestrator> {
    const logger = createLogger(config.logLevel, 'library', {
      send: createSentrySender(config.variables),
      variables: config.variables,
    });
    const platform = await openPlatform(config, { logger, servers: 'start' });
    try {
      const { running } = await platform.startEngine();
      if (config.agents.inApi) await startAgents(platform);
      platform.keepSchedules();
      return new Orchestrator(platform, { name: 'engine', running });
    } catch (error) {
      await platform.close();
      throw error;
    }
  }

  getWorkflowEngine(): WorkflowEngine {
    return this.#workflows;
  }

  getToolRegistry(): ToolLibrary {
    return this.#tools;
  }

  getAgentOrchestrator(): AgentOrchestrator {
    return this.#agents;
  }

  getAgentCommunication(): AgentCommunication {
    return this.#communication;
  }

  getTestingFramework(): TestingFramework {
    return this.#testing;
  }

  getConfigurationManager(): Configuration {
    return this.#configuration;
  }

  getMonitoringSystem(): MonitoringSystem {
    return this.#monitoring;
  }

  getSecurityManager(): SecurityCalls {
    return this.#security;
  }

  /** Ends waits, the engine worker and every server that `open` started. Executions that run go on with the next worker. */
  async close(): Promise<void> {
    await this.#underWay.end();
    await this.#platform.close();
  }
}

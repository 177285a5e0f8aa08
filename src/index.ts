/** The package's face. */
export { loadConfig } from './config';
export type { Config } from './config';
export type { CatalogueEntry } from './catalogue/catalogue';
export { RefusedDefinition } from './catalogue/catalogue';
export type { SetStatus } from './agents/agent';
export type { AgentFigures, AgentMetrics } from './agents/figures';
export type { NewAgent } from './agents/registration';
export type { AgentView } from './agents/registry';
export type { AgentStatus } from './agents/status';
export type { Diagnostic } from './language/diagnostic';
export type { AgentCommunication, TaskOptions } from './library/agent-communication';
export type { AnsweredMessage, MessageOptions, RequestOptions, SentMessage } from './library/agent-messages';
export type { AgentTaskDetail, AgentTaskSummary } from './agents/task-view';
export type { AgentOrchestrator, AgentStatusOptions } from './library/agent-orchestrator';
export type { ChangeOptions, Configuration, FlagOptions } from './library/configuration';
export type { RegisteredTool, ToolCapability, ToolExecutionContext, ToolMetadata } from './library/registered-tool';
export type { MockAgentRequest, TestingFramework } from './library/testing-framework';
export { RefusedScenario } from './library/testing-framework';
export type {
  AuthenticationResult,
  Credentials,
  PermissionResult,
  SecurityCalls,
  Whereabouts,
} from './library/security-calls';
export type { ToolLibrary, ToolResult } from './library/tool-library';
export type { WorkflowEngine, WorkflowResult } from './library/workflow-engine';
export { Orchestrator } from './orchestrator';
export type { OrchestratorOptions } from './orchestrator';
// What plugins are written with.
export { z } from 'zod';
export { defineTool } from './tools/define-tool';
export type { ToolDescription } from './tools/define-tool';
export { defineProvider } from './providers/define-provider';
export type { DefinedProvider, HttpVendor, VendorCall, VendorRequest, VendorTool } from './providers/define-provider';
export { garbage } from './providers/http/http-error';
export type { CallContext, ToolAnswer, ToolContract } from './tools/tool';
export type { Json, JsonObject } from './plan/json';
export type { Problem, ProblemType } from './plan/problem';
export { OmniError } from './plan/problem';
export type { Difference } from './scenarios/difference';
export type { ScenarioResult, ScenarioStepResult } from './scenarios/result';
export type { ScenarioStatistics } from './scenarios/statistics';

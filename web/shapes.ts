/** What the API answers, by the very schemas that it checks and describes its answers with. */
import type { z } from 'zod';
import type { MessageDetailSchema, MessageSchema } from '../api/agent-message-schemas';
import type { AgentDetailSchema, AgentSchema } from '../api/agent-schemas';
import type { AgentTaskSchema, AgentTaskSummarySchema } from '../api/agent-task-schemas';
import type { AlertCheckSchema, AlertEventSchema, AlertSchema } from '../api/alert-schemas';
import type { AuditRecordSchema, VerificationSchema } from '../api/audit-schemas';
import type { KeySchema } from '../api/key-schemas';
import type { DiagnosticSchema, ExecutionSchema, ProblemSchema, StepDetailSchema, SummarySchema } from '../api/schemas';
import type { MetricSchema, SeriesSchema } from '../api/metric-schemas';
import type { ServerSchema } from '../api/server-schemas';
import type { CallerSchema } from '../api/session-schemas';
import type { FlagSchema, SettingSchema, versionsOf } from '../api/setting-schemas';
import type { TaskSchema } from '../api/task-schemas';
import type { ToolSchema } from '../api/tool-schemas';
import type { SpanSchema, TraceSchema, TraceSummarySchema } from '../api/trace-schemas';
import type {
  StepTreeSchema,
  ValidationSchema,
  WorkflowDetailSchema,
  WorkflowSchema,
  WorkflowVersionSchema,
} from '../api/workflow-schemas';

export type Problem = z.infer<typeof ProblemSchema>;
export type Summary = z.infer<typeof SummarySchema>;
export type Execution = z.infer<typeof ExecutionSchema>;
export type Step = Execution['steps'][number];
export type StepDetail = z.infer<typeof StepDetailSchema>;
export type Session = z.infer<typeof CallerSchema>;
export type Task = z.infer<typeof TaskSchema>;
export type Workflow = z.infer<typeof WorkflowSchema>;
export type WorkflowDetail = z.infer<typeof WorkflowDetailSchema>;
export type WorkflowVersion = z.infer<typeof WorkflowVersionSchema>;
export type StepTree = z.infer<typeof StepTreeSchema>;
export type DrawnStep = StepTree['steps'][number];
export type Lane = DrawnStep['lanes'][number];
export type Validation = z.infer<typeof ValidationSchema>;
export type Diagnostic = z.infer<typeof DiagnosticSchema>;
export type Server = z.infer<typeof ServerSchema>;
export type Flag = z.infer<typeof FlagSchema>;
export type Setting = z.infer<typeof SettingSchema>;
export type Version = z.infer<typeof versionsOf>['versions'][number];
export type ApiKey = z.infer<typeof KeySchema>;
export type AuditRecord = z.infer<typeof AuditRecordSchema>;
export type Verification = z.infer<typeof VerificationSchema>;
export type Agent = z.infer<typeof AgentSchema>;
export type AgentDetail = z.infer<typeof AgentDetailSchema>;
export type AgentTask = z.infer<typeof AgentTaskSummarySchema>;
export type AgentTaskDetail = z.infer<typeof AgentTaskSchema>;
export type AgentMessage = z.infer<typeof MessageSchema>;
export type AgentMessageDetail = z.infer<typeof MessageDetailSchema>;
export type Metric = z.infer<typeof MetricSchema>;
export type MetricSeries = z.infer<typeof SeriesSchema>;
export type Alert = z.infer<typeof AlertSchema>;
export type AlertCheck = z.infer<typeof AlertCheckSchema>;
export type AlertEvent = z.infer<typeof AlertEventSchema>;
export type Span = z.infer<typeof SpanSchema>;
export type Trace = z.infer<typeof TraceSchema>;
export type TraceSummary = z.infer<typeof TraceSummarySchema>;
export type Tool = z.infer<typeof ToolSchema>;
export type ToolProvider = Tool['providers'][number];

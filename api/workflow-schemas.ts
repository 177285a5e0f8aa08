/** Shapes of definitions, as the API speaks them. */
import { z } from 'zod';
import { DiagnosticSchema } from './schemas';

const data = z.unknown().describe('Any JSON');

export const WorkflowSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    version: z.string().optional(),
    description: z.string().optional(),
    origin: z.enum(['file', 'published']),
    file: z.string().optional(),
    startable: z.boolean(),
    links: z.object({ self: z.string(), execute: z.string(), graph: z.string() }),
  })
  .meta({ id: 'Workflow' });

const WorkflowStep = z
  .object({
    path: z.string(),
    name: z.string(),
    kind: z.string(),
    description: z.string().optional(),
    if: z.string().optional(),
    tool: z.string().optional(),
    providers: z.array(z.string()).optional(),
  })
  .meta({ id: 'WorkflowStep' });

export const WorkflowDetailSchema = WorkflowSchema.extend({
  hash: z.string().optional(),
  events: z.array(z.string()),
  schedule: z.boolean().describe('Whether it starts by itself; see GET /workflows/{name}/schedules'),
  webhook: z
    .object({
      address: z.string(),
      verify: z.literal('standard-webhooks'),
      secret: z.string().describe('Name of the environment variable'),
      ready: z.boolean(),
      detail: z.string().optional().describe('Why messages are refused'),
    })
    .optional(),
  input: data,
  output: data,
  steps: z.array(WorkflowStep),
  guards: data,
  diagnostics: z.array(DiagnosticSchema),
  text: z.string().describe('The definition as it was written'),
}).meta({ id: 'WorkflowDetail' });

export const WorkflowVersionSchema = z
  .object({
    version: z.string(),
    origin: z.enum(['file', 'published']),
    current: z.boolean().describe('What is started now'),
    publishedAt: z.iso.datetime().optional().describe('ISO 8601'),
    text: z.string().describe('The definition as it was written'),
  })
  .meta({ id: 'WorkflowVersion' });

const LaneSchema = z
  .object({
    as: z.enum(['steps', 'branch', 'case', 'reminder', 'timeout', 'error']),
    label: z.string().optional().describe('Name of a branch, condition of a case or handler, time of a reminder'),
    get steps() {
      return z.array(DrawnStepSchema);
    },
  })
  .meta({ id: 'Lane', description: 'Steps that follow one another' });

const DrawnStepSchema = z
  .object({
    path: z.string().describe('As in the timeline of an execution, with `[]` where a loop puts its round'),
    name: z.string(),
    kind: z.string(),
    lines: z.array(z.string()).describe('What is said of it below its name'),
    if: z.string().optional(),
    get lanes() {
      return z.array(LaneSchema);
    },
    compensate: z.object({ path: z.string(), lines: z.array(z.string()) }).optional(),
  })
  .meta({ id: 'DrawnStep' });

export const StepTreeSchema = z
  .object({
    workflow: z.string(),
    version: z.string(),
    steps: z.array(DrawnStepSchema),
    finally: z.array(DrawnStepSchema),
  })
  .meta({ id: 'StepTree' });

export const ValidationSchema = z
  .object({
    valid: z.boolean().describe('Whether it could be published'),
    id: z.string().optional(),
    version: z.string().optional(),
    diagnostics: z.array(DiagnosticSchema),
    tree: StepTreeSchema.optional().describe('Its steps; absent: it has errors'),
  })
  .meta({ id: 'Validation' });

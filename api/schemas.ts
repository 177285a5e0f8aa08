/** The shapes that the API speaks, as zod schemas: requests are validated with them, answers described. */
import { z } from 'zod';
import type { Json } from '../src/plan/json';

export const ExecutionId = z.string().min(1).max(1000);

/** Id of a definition. */
export const WorkflowId = z.string().regex(/^[a-z][a-z0-9-]{0,199}$/);

const time = z.iso.datetime().describe('ISO 8601');
const milliseconds = z.number().describe('Milliseconds');
/** Any JSON. What stands here came out of a JSON parser, so there is nothing left to check. */
export const AnyJson = z.unknown().describe('Any JSON') as z.ZodType<Json>;

const data = z.unknown().describe('Any JSON');

export const ProblemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string().optional(),
    step: z.string().optional(),
    provider: z.string().optional(),
    attempt: z.number().int().optional(),
    data: data.optional(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem; `errors` holds a JSON Pointer for each fault.' });

export const UsageSchema = z
  .object({
    inputTokens: z.number(),
    outputTokens: z.number(),
    costUsd: z.number().describe('US dollars'),
    durationMs: milliseconds,
    model: z.string().optional(),
    cached: z.boolean().optional(),
    estimated: z.boolean().optional().describe('part of it is what was sent, because the vendor did not tell'),
    unpriced: z.boolean().optional().describe('a price is unknown: costUsd is too low'),
  })
  .meta({ id: 'Usage' });

const usd = z.number().optional();

export const PriceSchema = z
  .object({
    usdPerMillionInputTokens: usd,
    usdPerMillionOutputTokens: usd,
    usdPerMillionCharacters: usd,
    usdPerAudioSecond: usd,
    usdPerImage: usd,
    usdPerCall: usd,
  })
  .meta({ id: 'Price', description: 'US dollars by what is counted' });

export const StandingSchema = z
  .object({
    breaker: z.enum(['closed', 'open', 'half-open']),
    underWay: z.number().describe('Calls that run now'),
    calls: z.number().describe('Calls that the figures are of: the last hundred at most'),
    errorRate: z.number().optional().describe('From 0 to 1'),
    latencyMs: z.number().optional().describe('Median'),
    lastError: z.object({ type: z.string(), detail: z.string(), at: z.string() }).optional(),
    shutUntil: z.string().optional().describe('Nobody calls it before'),
    limits: z.object({
      perSecond: z.number().optional(),
      burst: z.number().optional(),
      shared: z.boolean().optional().describe('Rate and burst are of all processes together'),
      concurrent: z.number().optional(),
      failures: z.number().optional(),
      openMs: z.number().optional(),
      apart: z.boolean().optional(),
    }),
  })
  .meta({ id: 'ProviderStanding', description: 'How its calls go in the process that answers.' });

const SkippedSchema = z.object({ provider: z.string(), reason: z.string() });

const CallSchema = z.object({
  number: z.number().int(),
  status: z.enum(['running', 'completed', 'failed', 'cancelled']),
  provider: z.string().optional(),
  attempts: z.number().int(),
  skipped: z.array(SkippedSchema),
  startedAt: time,
  endedAt: time.optional(),
  usage: UsageSchema.optional(),
  error: ProblemSchema.optional(),
});

export const StepSchema = z
  .object({
    path: z.string(),
    name: z.string(),
    kind: z.string(),
    status: z.enum(['running', 'completed', 'failed', 'skipped', 'degraded', 'cancelled']),
    provider: z.string().optional(),
    attempts: z.number().int(),
    skipped: z.array(SkippedSchema),
    startedAt: time,
    endedAt: time.optional(),
    phase: z.enum(['handler', 'reminder', 'compensation', 'finally']).optional(),
    round: z.number().int().optional().describe('Inside a loop: its round, from 0; of a loop: the newest one'),
    childExecutionId: z.string().optional().describe('The execution that a `workflow` step started'),
    task: z
      .object({
        id: z.string(),
        signal: z.string(),
        status: z.enum(['open', 'answered', 'closed']),
        roles: z.array(z.string()),
        reminded: z.number().int(),
        refused: z.number().int(),
        deadline: time.optional(),
        answer: z.object({ data, by: z.string(), at: time }).optional(),
      })
      .optional()
      .describe('What a `waitFor` step asks; see GET /tasks'),
    waitMs: milliseconds,
    runMs: milliseconds,
    usage: UsageSchema.optional(),
    output: data.optional(),
    error: ProblemSchema.optional(),
    calls: z.array(CallSchema),
    reused: z.literal(true).optional().describe('Ended in an execution before this one, which is a rerun of it'),
  })
  .meta({ id: 'Step' });

export const StepDetailSchema = StepSchema.extend({ input: data.optional() }).meta({ id: 'StepDetail' });

const status = z.enum(['running', 'paused', 'completed', 'failed', 'cancelled', 'terminated']);

export const LinksSchema = z
  .object({ self: z.string(), history: z.string(), events: z.string(), cancel: z.string() })
  .meta({ id: 'ExecutionLinks' });

export const StartedSchema = z
  .object({ executionId: z.string(), runId: z.string(), status, links: LinksSchema })
  .meta({ id: 'StartedExecution' });

export const SummarySchema = z
  .object({
    executionId: z.string(),
    runId: z.string(),
    workflow: z.string(),
    version: z.string().optional(),
    origin: z.enum(['request', 'event', 'webhook', 'schedule', 'workflow', 'rerun']).describe('What started it'),
    status,
    startedAt: time,
    endedAt: time.optional(),
    waitsFor: z
      .array(z.string())
      .optional()
      .describe('Who has to answer before it goes on: roles, `anyone`, `@people`, `@more`; told in lists'),
    duration: milliseconds,
  })
  .meta({ id: 'ExecutionSummary' });

export const ExecutionSchema = SummarySchema.extend({
  steps: z.array(StepSchema),
  usage: UsageSchema,
  endUsage: UsageSchema.optional().describe('Spent by compensations and `finally`, which no budget stops'),
  vars: z.record(z.string(), data).optional(),
  snapshot: z
    .object({
      flags: z.record(z.string(), data),
      settings: z.record(z.string(), data),
      prices: z.record(z.string(), data).optional(),
    })
    .optional()
    .describe('Flags, settings and prices of its start, by which it goes for its whole life'),
  output: data.optional(),
  error: ProblemSchema.optional(),
  engineError: z.object({ detail: z.string(), attempts: z.number().int(), since: time.optional() }).optional(),
  paused: z.object({ since: time, by: z.string() }).optional().describe('Since when it is paused, and by whom'),
  rerun: z
    .object({
      of: z.string().describe('The execution before it in the line of reruns'),
      origin: z.string().describe('The first of the line'),
      from: z.string().optional().describe('The step that it was told to begin with'),
      reused: z.number().int().optional().describe('How many step records it took over'),
      usage: UsageSchema.optional().describe('What the executions before it have spent'),
    })
    .optional()
    .describe('Of a rerun: what it stems from'),
  reruns: z
    .array(z.object({ executionId: z.string(), status, startedAt: time, from: z.string().optional() }))
    .optional()
    .describe('Those that were run again from this one, oldest first'),
  source: z.enum(['state', 'history']),
  links: LinksSchema,
}).meta({ id: 'Execution' });

export const HistorySchema = z
  .object({
    events: z.array(
      z.object({
        id: z.number().int(),
        time,
        type: z.string(),
        summary: data.optional(),
        attributes: z.record(z.string(), data),
      }),
    ),
    next: z.string().optional(),
  })
  .meta({ id: 'History' });

export const DiagnosticSchema = z
  .object({
    file: z.string(),
    code: z.string(),
    severity: z.enum(['error', 'warning', 'hint']),
    line: z.number().int(),
    column: z.number().int(),
    length: z.number().int(),
    message: z.string(),
    suggestion: z.string().optional(),
    source: z.string(),
  })
  .meta({ id: 'Diagnostic' });

export const DiagnosticsProblemSchema = ProblemSchema.extend({ diagnostics: z.array(DiagnosticSchema) }).meta({
  id: 'DiagnosticsProblem',
});

/** Names a request, so that sending it twice does it once. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'must be 1 to 255 printable ASCII characters')
  .optional();

/** Request headers of the routes that start something. */
export const StartHeaders = z.object({
  prefer: z.string().optional().describe('`wait=<seconds>` waits for the outcome, at most 60 s (RFC 7240).'),
  'idempotency-key': IdempotencyKey.describe('The same key and body always mean the same execution.'),
});

/** The resource `workflows`: definitions, publishing one, starting one. */
import { z } from 'zod';
import type { CatalogueEntry } from '../../src/catalogue/catalogue';
import { RefusedDefinition } from '../../src/catalogue/catalogue';
import { toMermaid } from '../../src/language/graph';
import { startWorkflow } from '../../src/library/start';
import type { WebhookTrigger } from '../../src/plan/plan';
import { toProblem } from '../../src/plan/problem';
import { BODY_LIMIT_BYTES, LARGE_BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { ifTagOf, IfMatchHeaders, textTag } from '../if-match';
import { withAddresses } from '../links';
import { outlineOf } from '../outline';
import { sendProblem } from '../problem';
import type { Answer, Route } from '../route';
import { route } from '../route';
import {
  AnyJson,
  DiagnosticSchema,
  DiagnosticsProblemSchema,
  ExecutionSchema,
  StartedSchema,
  StartHeaders,
} from '../schemas';
import { accepted, endWithin, executionBody, startedHeaders, requesterOf, startWishes } from '../started';

const data = z.unknown().describe('Any JSON');
const Name = z.object({ name: z.string().min(1).max(200) });

const ExecuteBody = z
  .strictObject({ payload: AnyJson.default({}), context: AnyJson.default({}) })
  .meta({ id: 'ExecuteRequest', description: '`payload` fits the definition’s trigger; `context` says who asks.' });

const Workflow = z
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

const WorkflowDetail = Workflow.extend({
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

const WorkflowVersion = z
  .object({
    version: z.string(),
    origin: z.enum(['file', 'published']),
    current: z.boolean().describe('What is started now'),
    publishedAt: z.iso.datetime().optional().describe('ISO 8601'),
    text: z.string().describe('The definition as it was written'),
  })
  .meta({ id: 'WorkflowVersion' });

const PublishBody = z
  .union([z.string(), z.strictObject({ definition: z.union([z.string(), z.record(z.string(), AnyJson)]) })])
  .meta({
    id: 'PublishRequest',
    description: 'YAML as it is, or JSON `{ definition }` with YAML text or the same as an object.',
  });

export function workflowRoutes(deps: ApiDependencies): readonly Route[] {
  const { catalogue, executions } = deps;
  const tag = 'Workflows';
  return [
    route({
      method: 'get',
      path: '/workflows',
      tag,
      summary: 'All definitions, broken ones included',
      answers: { 200: { description: 'By id', schema: z.object({ workflows: z.array(Workflow) }) } },
      handle: async () => ({ body: { workflows: (await catalogue.list()).map(summaryOf) } }),
    }),
    route({
      method: 'get',
      path: '/workflows/{name}',
      tag,
      summary: 'One definition: input, steps, providers, diagnostics',
      params: Name,
      answers: {
        200: { description: 'The definition', schema: WorkflowDetail },
        404: { description: 'No such definition' },
      },
      handle: async ({ params }) => answerOf(deps, await catalogue.get(params.name)),
    }),
    route({
      method: 'put',
      path: '/workflows/{name}',
      tag,
      summary: 'Publish a version',
      params: Name,
      headers: IfMatchHeaders,
      body: {
        schema: PublishBody,
        limitBytes: BODY_LIMIT_BYTES,
        mediaTypes: ['application/json', 'application/yaml', 'application/x-yaml', 'text/yaml'],
      },
      answers: {
        200: { description: 'What counts now', schema: WorkflowDetail },
        409: { description: 'The version is not above the one that counts' },
        412: { description: 'It has been changed since it was read' },
        422: { description: 'The definition has errors', schema: DiagnosticsProblemSchema },
      },
      handle: async ({ params, body, request, response }) => {
        const definition = typeof body === 'string' ? body : body.definition;
        const tag = ifTagOf(request.headers);
        const follows = (current: CatalogueEntry | undefined): boolean =>
          current !== undefined && textTag(current.text).ETag === tag;
        try {
          const options = { id: params.name, ...(tag === undefined ? {} : { follows }) };
          return answerOf(deps, await catalogue.publish(definition, options));
        } catch (error) {
          if (!(error instanceof RefusedDefinition)) throw error;
          sendProblem(response, error.problem, { diagnostics: error.diagnostics });
          return undefined;
        }
      },
    }),
    route({
      method: 'get',
      path: '/workflows/{name}/versions',
      tag,
      summary: 'Its versions, the highest first: those that were published, and that of its file',
      params: Name,
      answers: {
        200: { description: 'The versions', schema: z.object({ versions: z.array(WorkflowVersion) }) },
        404: { description: 'No such definition' },
      },
      handle: async ({ params }) => ({ body: { versions: await catalogue.versions(params.name) } }),
    }),
    route({
      method: 'get',
      path: '/workflows/{name}/graph',
      tag,
      summary: 'The definition drawn as a Mermaid flowchart',
      params: Name,
      answers: {
        200: { description: 'Mermaid text', schema: z.string(), mediaType: 'text/plain' },
        404: { description: 'No such definition' },
      },
      handle: async ({ params }) => ({ body: toMermaid((await catalogue.loadPlan(params.name)).plan) }),
    }),
    route({
      method: 'post',
      path: '/workflows/{name}/execute',
      tag,
      summary: 'Start an execution, and wait for its end when `Prefer: wait` asks for it',
      params: Name,
      headers: StartHeaders,
      body: { schema: ExecuteBody, limitBytes: LARGE_BODY_LIMIT_BYTES, mediaTypes: ['application/json'] },
      answers: {
        200: { description: 'It ended within the wait; `status` says how', schema: ExecutionSchema },
        202: { description: 'It was started', schema: StartedSchema },
        404: { description: 'No such definition' },
        422: { description: 'The definition has errors, or the Idempotency-Key was used with another request' },
      },
      handle: async ({ params, body, caller, request, signal }) => {
        const { wait, ...key } = startWishes(request.headers);
        const started = await startWorkflow(deps, { name: params.name, ...body, ...key, ...requesterOf(caller) });
        const ended =
          wait === undefined ? undefined : await endWithin(executions, started.executionId, { wait, signal });
        if (ended === undefined) return accepted(started, wait);
        return {
          headers: startedHeaders(started.executionId, wait),
          body: withAddresses(executionBody(ended), started.executionId),
        };
      },
    }),
  ];
}

function summaryOf({ id, origin, file, plan, definition }: CatalogueEntry): z.infer<typeof Workflow> {
  const self = `/workflows/${id}`;
  const { name, version, description } = definition ?? {};
  return {
    id,
    name: name ?? id,
    ...(version === undefined ? {} : { version }),
    ...(description === undefined ? {} : { description }),
    origin,
    ...(file === undefined ? {} : { file }),
    startable: plan !== undefined,
    links: { self, execute: `${self}/execute`, graph: `${self}/graph` },
  };
}

/** With the tag of what counts now, for `If-Match`. */
function answerOf(deps: ApiDependencies, entry: CatalogueEntry): Answer {
  return { headers: textTag(entry.text), body: detailOf(deps, entry) };
}

function detailOf(deps: ApiDependencies, entry: CatalogueEntry): z.infer<typeof WorkflowDetail> {
  const { plan, definition, diagnostics, text } = entry;
  return {
    ...summaryOf(entry),
    ...(plan === undefined ? {} : { hash: plan.hash }),
    events: [...(plan?.events ?? [])],
    schedule: plan?.schedule !== undefined,
    ...(plan?.webhook === undefined ? {} : { webhook: webhookOf(deps, plan.id, plan.webhook) }),
    input: definition?.input ?? null,
    output: definition?.output ?? null,
    steps: plan === undefined ? [] : [...outlineOf(plan)],
    guards: plan?.guards ?? null,
    diagnostics: [...diagnostics],
    text,
  };
}

function webhookOf(
  { webhookSecrets }: ApiDependencies,
  id: string,
  { verify, secret }: WebhookTrigger,
): z.infer<typeof WorkflowDetail>['webhook'] {
  const hook = { address: `/hooks/${id}`, verify, secret };
  try {
    webhookSecrets(secret);
    return { ...hook, ready: true };
  } catch (error) {
    return { ...hook, ready: false, detail: toProblem(error).detail };
  }
}

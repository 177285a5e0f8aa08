/** The resource `workflows`: definitions, publishing one, starting one. */
import { z } from 'zod';
import type { Catalogue, CatalogueEntry } from '../../src/catalogue/catalogue';
import { RefusedDefinition } from '../../src/catalogue/catalogue';
import { toMermaid } from '../../src/language/graph';
import { stepTree } from '../../src/language/step-tree';
import { startWorkflow } from '../../src/library/start';
import type { Plan, WebhookTrigger } from '../../src/plan/plan';
import { OmniError, toProblem } from '../../src/plan/problem';
import { BODY_LIMIT_BYTES, LARGE_BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { ifTagOf, IfMatchHeaders, textTag } from '../if-match';
import { withAddresses } from '../links';
import { outlineOf } from '../outline';
import { sendProblem } from '../problem';
import type { Answer, Route } from '../route';
import { route } from '../route';
import { AnyJson, DiagnosticsProblemSchema, ExecutionSchema, StartedSchema, StartHeaders } from '../schemas';
import { accepted, endWithin, executionBody, startedHeaders, requesterOf, startWishes } from '../started';
import {
  StepTreeSchema,
  ValidationSchema,
  WorkflowDetailSchema,
  WorkflowSchema,
  WorkflowVersionSchema,
} from '../workflow-schemas';

const Name = z.object({ name: z.string().min(1).max(200) });

const ExecuteBody = z
  .strictObject({ payload: AnyJson.default({}), context: AnyJson.default({}) })
  .meta({ id: 'ExecuteRequest', description: '`payload` fits the definition’s trigger; `context` says who asks.' });

const ValidateBody = z.strictObject({ definition: z.string().describe('YAML') }).meta({ id: 'ValidateRequest' });

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
      answers: { 200: { description: 'By id', schema: z.object({ workflows: z.array(WorkflowSchema) }) } },
      handle: async () => ({ body: { workflows: (await catalogue.list()).map(summaryOf) } }),
    }),
    route({
      method: 'get',
      path: '/workflows/{name}',
      tag,
      summary: 'One definition: input, steps, providers, diagnostics',
      params: Name,
      answers: {
        200: { description: 'The definition', schema: WorkflowDetailSchema },
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
        200: { description: 'What counts now', schema: WorkflowDetailSchema },
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
        200: { description: 'The versions', schema: z.object({ versions: z.array(WorkflowVersionSchema) }) },
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
      method: 'get',
      path: '/workflows/{name}/tree',
      tag,
      summary: 'The steps of the definition as a tree, to be drawn',
      params: Name,
      answers: {
        200: { description: 'The steps', schema: StepTreeSchema },
        404: { description: 'No such definition' },
        422: { description: 'The definition has errors' },
      },
      handle: async ({ params }) => ({ body: stepTree(await planToDraw(catalogue, params.name)) }),
    }),
    route({
      method: 'post',
      path: '/validations',
      // Somebody who writes asks with every pause of the keys, and nothing comes of it.
      audited: false,
      tag,
      summary: 'What publishing a definition would say of it, with the places; nothing is kept',
      body: { schema: ValidateBody, limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'] },
      answers: { 200: { description: 'What was found', schema: ValidationSchema } },
      handle: async ({ body }) => ({
        body: validationOf(await catalogue.check(body.definition)),
      }),
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

function summaryOf({ id, origin, file, plan, definition }: CatalogueEntry): z.infer<typeof WorkflowSchema> {
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

/** Also of what cannot be started, for want of a price or a key. */
async function planToDraw(catalogue: Catalogue, name: string): Promise<Plan> {
  const { id, plan } = await catalogue.get(name);
  if (plan !== undefined) return plan;
  throw new OmniError('validation', `${id} has errors and cannot be drawn. GET /workflows/${id} lists them.`, {
    status: 422,
  });
}

function validationOf({ plan, diagnostics, definition }: Awaited<ReturnType<Catalogue['check']>>): object {
  const { version } = definition ?? {};
  return {
    valid: plan !== undefined,
    ...(plan === undefined ? {} : { id: plan.id, tree: stepTree(plan) }),
    ...(version === undefined ? {} : { version }),
    diagnostics,
  };
}

/** With the tag of what counts now, for `If-Match`. */
function answerOf(deps: ApiDependencies, entry: CatalogueEntry): Answer {
  return { headers: textTag(entry.text), body: detailOf(deps, entry) };
}

function detailOf(deps: ApiDependencies, entry: CatalogueEntry): z.infer<typeof WorkflowDetailSchema> {
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
): z.infer<typeof WorkflowDetailSchema>['webhook'] {
  const hook = { address: `/hooks/${id}`, verify, secret };
  try {
    webhookSecrets(secret);
    return { ...hook, ready: true };
  } catch (error) {
    return { ...hook, ready: false, detail: toProblem(error).detail };
  }
}

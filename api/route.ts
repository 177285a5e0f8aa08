/** What a route is: one declaration from which Express serves it and the OpenAPI document describes it. */
import type { Express, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { faultsOf, invalid } from '../src/library/faults';
import { OmniError, problemOf } from '../src/plan/problem';
import type { Access } from '../src/security/access';
import { ROUTE_ACCESS } from '../src/security/access';
import type { Caller } from '../src/security/caller';
import { may } from '../src/security/caller';
import type { AuditedCall, AuditParts } from './audit';
import { audited, createLooks, eventOf, recordDenial } from './audit';
import { admit, admitAnybody, shownBy } from './authenticate';
import type { BodyRules } from './body';
import { readBody } from './body';
import { sendProblem } from './problem';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** What a handler gives back. A `string` or `Buffer` needs a `mediaType`; everything else is sent as JSON. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly mediaType?: string;
  readonly body?: unknown;
}

export interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Who asks; on public routes he may be nobody. */
  readonly caller: Caller;
  readonly request: Request;
  /** For answers that are written bit by bit; the handler then returns nothing. */
  readonly response: Response;
  /** Ends when the client goes away or the server is about to stop. */
  readonly signal: AbortSignal;
}

export interface AnswerDescription {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Default `application/json`. */
  readonly mediaType?: string;
}

interface Described {
  readonly method: Method;
  /** With parameters in braces: `/workflows/{name}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** Whether the audit log gets a row of it; absent: when it is no `get`, or reveals. `false`: it changes nothing. */
  readonly audited?: boolean;
  /** It shows what executions have taken and given, to those who may see it. */
  readonly reveals?: true;
  /** Request headers that change the answer. */
  readonly headers?: z.ZodObject;
}

export interface Route extends Described {
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: BodyRules & { readonly schema: z.ZodType };
  readonly handle: (call: Call<unknown, unknown, unknown>) => Promise<Answer | undefined>;
}

interface TypedRoute<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> extends Described {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: BodyRules & { readonly schema: B };
  readonly handle: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer | undefined> | Answer;
}

/** Declares a route; the handler sees parameters, query and body as their schemas say. */
export function route<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>(
  declared: TypedRoute<P, Q, B>,
): Route {
  const { handle } = declared;
  return {
    ...declared,
    handle: async (call) => handle(call as Call<z.output<P>, z.output<Q>, z.output<B>>),
  };
}

export interface Serving extends AuditParts {
  /** Ends when the server begins to drain. */
  readonly stopping: AbortSignal;
}

/** Serves the routes; any other method on one of their paths is 405 with `Allow`. */
export function mount(app: Express, routes: readonly Route[], serving: Serving): void {
  const watched = { ...serving, isNewLook: createLooks(() => Date.now()) };
  const paths = new Map<string, Route[]>();
  for (const one of routes) paths.set(one.path, [...(paths.get(one.path) ?? []), one]);
  for (const [path, group] of paths) {
    const served = app.route(path.replace(/\{(\w+)\}/g, ':$1'));
    for (const one of group) served[one.method](handler(one, watched));
    served.all(
      ...(group.some((one) => accessOf(one) === 'public') ? [] : [admitAnybody]),
      refuseMethod(group.map(({ method }) => method)),
    );
  }
}

/** What a route needs. Throws for one that nobody has thought about. */
export function accessOf({ method, path }: Pick<Route, 'method' | 'path'>): Access {
  const name = `${method.toUpperCase()} ${path}`;
  const access = Object.hasOwn(ROUTE_ACCESS, name) ? ROUTE_ACCESS[name] : undefined;
  if (access === undefined)
    throw new OmniError('internal', `${name} has no permission. Give it one in src/security/access.ts.`);
  return access;
}

function refuseMethod(methods: readonly Method[]): RequestHandler {
  const allowed = [...methods, ...(methods.includes('get') ? ['head'] : []), 'options'].map((method) =>
    method.toUpperCase(),
  );
  return (request, response) => {
    response.set('Allow', allowed.join(', '));
    if (request.method === 'OPTIONS') response.status(204).end();
    else
      sendProblem(
        response,
        problemOf('method-not-allowed', `${request.method} is not served here. Use ${allowed.join(', ')}.`),
      );
  };
}

interface Watched extends Serving {
  readonly isNewLook: (call: AuditedCall) => boolean;
}

function handler(one: Route, watched: Watched): RequestHandler {
  const access = accessOf(one);
  const changes = one.method !== 'get' && one.audited !== false;
  return async (request, response) => {
    response.locals['route'] = one.path;
    const caller = await admitted({ route: one, access, request, response, watched });
    const act = () => answerTo(one, { caller, request, response, stopping: watched.stopping });
    const reveals = one.reveals === true && may(caller, 'execution:reveal');
    const call = callOf(caller, { action: reveals ? 'execution:reveal' : access, route: one, request });
    const noted = changes ? access !== 'public' : one.audited === true || (reveals && watched.isNewLook(call));
    const answer = noted ? await audited(watched, call, act) : await act();
    // Whoever needs no key leaves a row only by what he brings about: strangers cannot fill the log.
    if (changes && !noted) await watched.audit.record({ ...eventOf(call), outcome: 'allowed' });
    if (answer !== undefined && !response.destroyed) send(response, answer);
  };
}

interface Admission {
  readonly route: Route;
  readonly access: Access;
  readonly request: Request;
  readonly response: Response;
  readonly watched: Watched;
}

/** The caller, if he may; a refusal is noted when somebody showed something. */
async function admitted({ route, access, request, response, watched }: Admission): Promise<Caller> {
  try {
    return admit(response, access);
  } catch (error) {
    const shown = shownBy(response);
    if (shown !== undefined) await recordDenial(watched, callOf(shown, { action: access, route, request }), error);
    throw error;
  }
}

function callOf({ id, kind, roles, session }: Caller, of: Omit<AuditedCall, 'actor'>): AuditedCall {
  return { actor: { id, kind: session === true ? 'session' : kind, roles }, ...of };
}

interface Answering extends Pick<Serving, 'stopping'> {
  readonly caller: Caller;
  readonly request: Request;
  readonly response: Response;
}

async function answerTo(one: Route, { caller, request, response, stopping }: Answering): Promise<Answer | undefined> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const params = parse('The address', one.params, request.params);
  const query = parse('The query', one.query, request.query);
  const body =
    one.body === undefined ? undefined : parse('The body', one.body.schema, await readBody(request, one.body));
  const signal = AbortSignal.any([gone.signal, stopping]);
  return one.handle({ params, query, body, caller, request, response, signal });
}

function parse(what: string, schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  if (value === undefined) throw new OmniError('validation', `${what} is missing; this address needs one.`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(what, faultsOf(parsed.error));
}

function send(response: Response, answer: Answer): void {
  response.status(answer.status ?? 200).set('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.set(name, value);
  if (answer.body === undefined) response.end();
  else if (typeof answer.body === 'string' || Buffer.isBuffer(answer.body))
    response.set('Content-Type', answer.mediaType ?? 'text/plain; charset=utf-8').send(Buffer.from(answer.body));
  else response.type(answer.mediaType ?? 'application/json').send(JSON.stringify(answer.body));
}

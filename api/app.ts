/** The HTTP door: what every request passes through, and the routes behind it. */
import { randomUUID } from 'node:crypto';
import express from 'express';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import type { Metrics } from '../src/monitoring/metrics';
import { problemOf } from '../src/plan/problem';
import { admitAnybody, identifyCaller } from './authenticate';
import type { ApiDependencies } from './dependencies';
import { checkHost } from './host-check';
import { problemHandler, sendProblem } from './problem';
import { limitRate } from './rate-limit';
import { mount } from './route';
import { idsOf, traced } from './traced';
import { agentTaskRoutes } from './routes/agent-tasks';
import { agentRoutes } from './routes/agents';
import { mountConsole } from './console';
import { agentMessageRoutes } from './routes/agent-messages';
import { auditRoutes } from './routes/audit';
import { codecForUi } from './codec-ui';
import { codecRoutes } from './routes/codec';
import { configRoutes } from './routes/config';
import { controlRoutes } from './routes/control';
import { docsRoutes, mountReference } from './routes/docs';
import { eventRoutes } from './routes/events';
import { executionRoutes } from './routes/executions';
import { flagRoutes } from './routes/flags';
import { messageRoutes } from './routes/messages';
import { purgeRoutes } from './routes/purge';
import { healthRoutes } from './routes/health';
import { alertRoutes } from './routes/alerts';
import { monitoringRoutes } from './routes/monitoring';
import { keyRoutes } from './routes/keys';
import { sessionRoutes } from './routes/session';
import { schemaRoutes } from './routes/schemas';
import { hookRoutes } from './routes/hooks';
import { scheduleRoutes } from './routes/schedules';
import { taskRoutes } from './routes/tasks';
import { traceRoutes } from './routes/traces';
import { testingRoutes } from './routes/testing';
import { serverRoutes } from './routes/servers';
import { toolRoutes } from './routes/tools';
import { workflowRoutes } from './routes/workflows';

export interface Api {
  readonly handler: express.Express;
  /** From now on streams end, waits are answered with what is known, and `/readyz` says no. */
  drain(): void;
}

export function createApp(deps: ApiDependencies): Api {
  const stopping = new AbortController();
  const routes = [
    ...workflowRoutes(deps),
    ...messageRoutes(deps),
    ...purgeRoutes(deps),
    ...controlRoutes(deps),
    ...executionRoutes(deps),
    ...eventRoutes(deps),
    ...hookRoutes(deps),
    ...scheduleRoutes(deps),
    ...taskRoutes(deps),
    ...agentRoutes(deps),
    ...agentTaskRoutes(deps),
    ...agentMessageRoutes(deps),
    ...toolRoutes(deps),
    ...serverRoutes(deps),
    // Before the settings: `feature-flags` is no section.
    ...flagRoutes(deps),
    ...configRoutes(deps),
    ...auditRoutes(deps),
    ...codecRoutes(deps),
    ...testingRoutes(deps),
    ...keyRoutes(deps),
    ...sessionRoutes(deps),
    ...monitoringRoutes(deps),
    ...alertRoutes(deps),
    ...traceRoutes(deps),
    ...healthRoutes(deps, stopping.signal),
    ...schemaRoutes(deps),
  ];
  const app = express();
  app.disable('x-powered-by');
  // Answers are live data: comparing them byte by byte costs more than it saves.
  app.disable('etag');
  // The nearest proxy's word: what stands before it in the header, anybody may have written.
  app.set('trust proxy', deps.behindProxy === true ? 1 : false);
  app.use(log(deps));
  app.use(measure(deps.metrics));
  app.use(protect(), codecForUi(deps), checkHost(deps.requests ?? { host: '127.0.0.1', publicHosts: [] }));
  app.use(identifyCaller(deps.security));
  if (deps.requests) app.use(limitRate({ ...deps.requests, logger: deps.logger }));
  // Not before: a flood leaves no spans.
  app.use(traced(deps.tracing));
  mountConsole(app);
  mountReference(app);
  mount(app, [...routes, ...docsRoutes(routes, deps.version)], {
    stopping: stopping.signal,
    audit: deps.audit,
    logger: deps.logger,
  });
  app.use(admitAnybody, (request, response) => {
    sendProblem(
      response,
      problemOf('not-found', `There is nothing at ${request.path}. /openapi.json lists every address.`),
    );
  });
  app.use(problemHandler(deps.logger));
  return { handler: app, drain: () => stopping.abort() };
}

/** One line per request: no headers, no body, no query, because they may hold personal data. */
function log({ logger }: ApiDependencies): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: (_request, response) => {
      const id = randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    // Ours are given the things themselves.
    wrapSerializers: false,
    serializers: {
      req: ({ id, method }: { id: string; method: string }) => ({
        id,
        method,
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      err: (error: unknown) => error,
    },
    customProps: (_request, response) => ({
      route: (response as express.Response).locals?.['route'] as unknown,
      ...idsOf(response as express.Response),
    }),
    customLogLevel: (_request, response, error) =>
      error !== undefined || response.statusCode >= 500 ? 'error' : response.statusCode >= 400 ? 'info' : 'debug',
    customSuccessMessage: () => 'request answered',
    customErrorMessage: () => 'request failed',
  });
}

function measure(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    response.once('finish', () => {
      const route = response.locals['route'] as string | undefined;
      metrics.observeRequest({
        method: request.method,
        route: route ?? 'none',
        status: response.statusCode,
        durationMs: performance.now() - start,
      });
    });
    next();
  };
}

function protect(): RequestHandler {
  return helmet({
    // Served over plain HTTP on loopback; whoever puts TLS in front also says so.
    strictTransportSecurity: false,
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
}

/** The API's own description: the OpenAPI document and a reference page that needs no network. */
import type { Express, RequestHandler } from 'express';
import { serve, setup } from 'swagger-ui-express';
import { z } from 'zod';
import { openApiDocument } from '../openapi';
import { admit, knownCaller } from '../authenticate';
import type { Route } from '../route';
import { route } from '../route';

/** Describes the given routes and itself. */
export function docsRoutes(described: readonly Route[], version: string): readonly Route[] {
  const own: Route[] = [
    route({
      method: 'get',
      path: '/openapi.json',
      tag: 'Documentation',
      summary: 'This API as OpenAPI 3.1',
      answers: { 200: { description: 'The document', schema: z.looseObject({ openapi: z.string() }) } },
      handle: () => ({ body: document }),
    }),
  ];
  const document = openApiDocument([...described, ...own], version);
  return own;
}

/** The page at `/docs`; it reads `/openapi.json`. */
export function mountReference(app: Express): void {
  const page = setup(undefined, {
    customSiteTitle: 'MCP Orchestrator API',
    // The validator badge would ask a server on the internet.
    swaggerOptions: { url: '/openapi.json', validatorUrl: null },
  });
  app.use('/docs', signedIn, serve, page);
}

/** A browser that nobody has signed in with is sent to do so. */
const signedIn: RequestHandler = (request, response, next) => {
  if (knownCaller(response) === undefined && request.accepts('html')) response.redirect(303, '/sign-in?to=/docs');
  else {
    admit(response, 'docs:read');
    next();
  }
};

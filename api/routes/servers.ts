/** The resource `servers`: all providers and how they stand. */
import { z } from 'zod';
import { providerStatus } from '../../src/library/provider-health';
import { unknown } from '../../src/library/start';
import type { ToolRegistry } from '../../src/tools/registry';
import type { Provider } from '../../src/tools/tool';
import type { ApiDependencies } from '../dependencies';
import type { Route } from '../route';
import { route } from '../route';
import { ServerSchema } from '../server-schemas';

export function serverRoutes({ registry }: ApiDependencies): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/servers',
      tag: 'Tools',
      summary: 'All providers and how they stand',
      answers: { 200: { description: 'By name', schema: z.object({ servers: z.array(ServerSchema) }) } },
      handle: async ({ signal }) => ({
        body: {
          servers: await Promise.all(registry.providers().map((provider) => serverBody(registry, provider, signal))),
        },
      }),
    }),
    route({
      method: 'get',
      path: '/servers/{name}',
      tag: 'Tools',
      summary: 'One provider and how it stands',
      params: z.object({ name: z.string().min(1).max(100) }),
      answers: { 200: { description: 'The provider', schema: ServerSchema }, 404: { description: 'No such provider' } },
      handle: async ({ params, signal }) => {
        const names = registry.providers().map(({ name }) => name);
        const provider = registry.provider(params.name);
        if (provider === undefined) throw unknown('provider', params.name, names);
        return { body: await serverBody(registry, provider, signal) };
      },
    }),
  ];
}

async function serverBody(
  registry: ToolRegistry,
  provider: Provider,
  signal: AbortSignal,
): Promise<z.infer<typeof ServerSchema>> {
  const { name, title, tools, variables } = provider;
  return {
    name,
    title,
    ...(await providerStatus(registry, provider, signal)),
    standing: registry.turnstile(provider).standing(),
    tools: Object.keys(tools),
    variables: variables.map((variable) => ({ ...variable })),
  };
}

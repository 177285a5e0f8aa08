/** The resource `feature-flags`: switches with a rollout, changed while the platform runs. */
import { z } from 'zod';
import { flagMembers } from '../../src/config/shapes';
import { FLAGS_SECTION } from '../../src/settings/flags';
import type { ApiDependencies } from '../dependencies';
import { IfMatchHeaders, ifVersionOf } from '../if-match';
import type { Route } from '../route';
import { route } from '../route';
import { changeBody, historyRoutes, shownVersion, stale } from '../setting-history';
import { FlagSchema } from '../setting-schemas';

const Name = z.object({ name: z.string().min(1).max(100) });

const { enabled, ...options } = flagMembers;

const FlagBody = z
  .strictObject({ enabled, options: z.strictObject(options).default({}) })
  .meta({ id: 'FeatureFlagRequest', description: 'Options that are left out stay as they are.' });

const unknown = { description: 'No such flag' };

export function flagRoutes({ settings }: ApiDependencies): readonly Route[] {
  const tag = 'Configuration';
  const { flags } = settings;
  return [
    route({
      method: 'get',
      path: '/config/feature-flags',
      tag,
      summary: 'All feature flags, and where each comes from',
      answers: { 200: { description: 'By name', schema: z.object({ featureFlags: z.array(FlagSchema) }) } },
      handle: () => ({ body: { featureFlags: flags.list() } }),
    }),
    route({
      method: 'get',
      path: '/config/feature-flags/{name}',
      tag,
      summary: 'One feature flag',
      params: Name,
      answers: { 200: { description: 'The flag', schema: FlagSchema }, 404: unknown },
      handle: ({ params }) => shownVersion(flags.get(params.name)),
    }),
    route({
      method: 'post',
      path: '/config/feature-flags/{name}',
      tag,
      summary: 'Change a feature flag, or make one; executions that run keep what they began with',
      params: Name,
      headers: IfMatchHeaders,
      body: { schema: FlagBody, ...changeBody },
      answers: {
        200: { description: 'The flag as it is now', schema: FlagSchema },
        201: { description: 'The flag, which was not there before', schema: FlagSchema },
        409: { description: 'Others change it all the time, or there are too many' },
        412: stale,
      },
      handle: async ({ params: { name }, body: given, caller, request }) => {
        const status = flags.find(name) === undefined ? 201 : 200;
        const author = { by: caller.id, ...ifVersionOf(request.headers) };
        const flag = await flags.set(name, { enabled: given.enabled, ...given.options }, author);
        return { status, ...shownVersion(flag) };
      },
    }),
    ...historyRoutes({
      settings,
      tag,
      path: '/config/feature-flags/{name}',
      params: Name,
      noun: 'flag',
      schema: FlagSchema,
      place: ({ name }) => [FLAGS_SECTION, name],
      find: ({ name }) => flags.find(name),
      get: ({ name }) => flags.get(name),
    }),
  ];
}

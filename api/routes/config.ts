/** The resource `config`: settings by section and key, and the layer that each comes from. */
import { z } from 'zod';
import type { SettingView } from '../../src/settings/values';
import { unknownName } from '../../src/settings/flags';
import type { ApiDependencies } from '../dependencies';
import { IfMatchHeaders, ifVersionOf } from '../if-match';
import type { Route } from '../route';
import { route } from '../route';
import { AnyJson } from '../schemas';
import { changeBody, historyRoutes, shownVersion, stale } from '../setting-history';
import { SettingSchema } from '../setting-schemas';

const word = z.string().min(1).max(100);
const Section = z.object({ section: word });
const Key = z.object({ section: word, key: word });

const SettingBody = z.strictObject({ value: AnyJson }).meta({ id: 'SettingRequest' });

const unknown = { description: 'No such setting' };

export function configRoutes({ settings }: ApiDependencies): readonly Route[] {
  const tag = 'Configuration';
  const { values } = settings;
  const sections = (): ReadonlyMap<string, readonly SettingView[]> => {
    const found = new Map<string, SettingView[]>();
    for (const one of values.list()) found.set(one.section, [...(found.get(one.section) ?? []), one]);
    return found;
  };
  const change = (method: 'put' | 'post'): Route =>
    route({
      method,
      path: '/config/{section}/{key}',
      tag,
      summary: 'Change a setting, or make one of your own; executions that run keep what they began with',
      params: Key,
      headers: IfMatchHeaders,
      body: { schema: SettingBody, ...changeBody },
      answers: {
        200: { description: 'The setting as it is now', schema: SettingSchema },
        403: { description: 'It is read when a process starts' },
        404: { description: 'The section is of the platform and has no such key' },
        409: { description: 'Others change it all the time' },
        412: stale,
        413: { description: 'Settings of your own are too large together' },
      },
      handle: async ({ params: { section, key }, body: given, caller, request }) => {
        const author = { by: caller.id, ...ifVersionOf(request.headers) };
        return shownVersion(await values.set(section, key, given.value, author));
      },
    });
  return [
    route({
      method: 'get',
      path: '/config/sections',
      tag,
      summary: 'All sections with the names of their settings',
      answers: {
        200: {
          description: 'By name',
          schema: z.object({ sections: z.array(z.object({ name: z.string(), keys: z.array(z.string()) })) }),
        },
      },
      handle: () => ({
        body: {
          sections: [...sections()].map(([name, members]) => ({ name, keys: members.map(({ key }) => key) })),
        },
      }),
    }),
    route({
      method: 'get',
      path: '/config/{section}',
      tag,
      summary: 'The settings of a section',
      params: Section,
      answers: {
        200: {
          description: 'By key',
          schema: z.object({ section: z.string(), settings: z.array(SettingSchema) }),
        },
        404: { description: 'No such section' },
      },
      handle: ({ params: { section } }) => {
        const members = sections().get(section);
        if (members === undefined) throw unknownName('section', section, [...sections().keys()]);
        return { body: { section, settings: members } };
      },
    }),
    route({
      method: 'get',
      path: '/config/{section}/{key}',
      tag,
      summary: 'One setting, and what each layer says of it; secrets are never shown',
      params: Key,
      answers: { 200: { description: 'The setting', schema: SettingSchema }, 404: unknown },
      handle: ({ params: { section, key } }) => shownVersion(values.get(section, key)),
    }),
    change('put'),
    change('post'),
    ...historyRoutes({
      settings,
      tag,
      path: '/config/{section}/{key}',
      params: Key,
      noun: 'setting',
      schema: SettingSchema,
      place: ({ section, key }) => [section, key],
      find: ({ section, key }) => values.find(section, key),
      get: ({ section, key }) => values.get(section, key),
    }),
  ];
}

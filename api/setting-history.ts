/** What settings and feature flags have been, and the way back: the same two routes for both. */
import type { z } from 'zod';
import type { Settings } from '../src/settings/settings';
import { BODY_LIMIT_BYTES } from './body';
import { etagOf, IfMatchHeaders, ifVersionOf } from './if-match';
import type { Answer, Route } from './route';
import { route } from './route';
import { UndoBody, versionsOf } from './setting-schemas';

/** Bodies of routes that change one. */
export const changeBody = { limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'] } as const;
export const stale = { description: 'There is a newer version than `If-Match` says' };

export interface Historied<P extends z.ZodObject> {
  readonly settings: Settings;
  readonly tag: string;
  /** Of one of them. */
  readonly path: string;
  readonly params: P;
  /** `flag` or `setting`. */
  readonly noun: string;
  readonly schema: z.ZodType;
  /** Its place in the database. */
  readonly place: (params: z.output<P>) => readonly [section: string, key: string];
  readonly find: (params: z.output<P>) => Versioned | undefined;
  /** Throws `not-found` with the nearest name. */
  readonly get: (params: z.output<P>) => Versioned;
}

interface Versioned {
  readonly version: number;
}

export function historyRoutes<P extends z.ZodObject>(of: Historied<P>): readonly Route[] {
  const { settings, tag, path, params: schema, noun, place, find, get } = of;
  const unknown = { description: `No such ${noun}` };
  return [
    route({
      method: 'get',
      path: `${path}/versions`,
      tag,
      summary: 'What it was in the database, when and by whom it was changed',
      params: schema,
      answers: { 200: { description: 'The newest first, 200 at most', schema: versionsOf }, 404: unknown },
      handle: async ({ params }) => {
        const versions = await settings.versions(...place(params));
        if (versions.length === 0) get(params);
        return { body: { versions } };
      },
    }),
    route({
      method: 'post',
      path: `${path}/undo`,
      tag,
      summary: 'Go back to the version before, or to a named one; 0 is what lies below the database',
      params: schema,
      headers: IfMatchHeaders,
      body: { schema: UndoBody, ...changeBody, optional: true },
      answers: {
        200: { description: `The ${noun} as it is now`, schema: of.schema },
        204: { description: `Undone; there is no such ${noun} any more` },
        404: unknown,
        409: { description: 'It was never changed' },
        412: stale,
      },
      handle: async ({ params, body, caller, request }) => {
        const [section, key] = place(params);
        if ((await settings.versions(section, key)).length === 0) get(params);
        const to = body?.version === undefined ? {} : { to: body.version };
        await settings.undo(section, key, { by: caller.id, ...to, ...ifVersionOf(request.headers) });
        const now = find(params);
        return now === undefined ? { status: 204 } : shownVersion(now);
      },
    }),
  ];
}

export function shownVersion(one: Versioned): Answer {
  return { headers: etagOf(one.version), body: one };
}

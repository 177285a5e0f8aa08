// @ts-check
/** A stub of Skylark, written from https://skylark.example/docs/forecast. */
import { refuse, startRestStub } from 'omni-mcp/testing';

/** As strict about requests as the vendor, with answers computed from them. */
export const startSkylarkStub = (/** @type {import('omni-mcp/testing').StubOptions} */ options) =>
  startRestStub(
    {
      basePath: '/v1',
      admits: ({ authorization }, key) => authorization === `Bearer ${key}`,
      // It quotes the request, key and all: a provider that hands such a text on betrays itself.
      error: (status, message, { authorization }) => ({ error: { status, message: `${message} (${authorization})` } }),
      routes: {
        'GET /account': () => ({ json: { plan: 'free' } }),
        'GET /forecast': ({ query }) => {
          const town = query.get('q');
          const days = Number(query.get('days'));
          if (!town || !(days >= 1 && days <= 7)) return refuse(400, 'q and days are required');
          const forecast = Array.from({ length: days }, (_, index) => ({
            day: `2026-11-0${index + 1}`,
            max: 10 - index,
            min: 2,
            sky: town === 'Bergen' ? 'rain' : 'clear',
          }));
          return { json: { town, forecast } };
        },
      },
    },
    options,
  );

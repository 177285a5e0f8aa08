// @ts-check
/** Skylark passes what every provider must, against a stub that was written from https://skylark.example/docs/forecast. */
import assert from 'node:assert/strict';
import { describeProvider, refuse, startRestStub } from 'omni-mcp/testing';
import { forecast, skylark } from './weather.mjs';

/** As strict about requests as the vendor, with answers computed from them. */
const startSkylarkStub = (/** @type {import('omni-mcp/testing').StubOptions} */ options) =>
  startRestStub(
    {
      basePath: '/v1',
      admits: ({ authorization }, key) => authorization === `Bearer ${key}`,
      // It quotes the request, key and all: a provider that hands such a text on betrays itself.
      error: (status, message, { authorization }) => ({ error: { status, message: `${message} (${authorization})` } }),
      routes: {
        'GET /account': () => ({ json: { plan: 'free' } }),
        'GET /forecast': ({ query }) => {
          const days = Number(query.get('days'));
          if (!query.get('q') || !(days >= 1 && days <= 7)) return refuse(400, 'q and days are required');
          const day = (/** @type {number} */ index) => ({
            day: `2026-11-0${index + 1}`,
            max: 10 - index,
            min: 2,
            sky: 'rain',
          });
          return { json: { town: query.get('q'), forecast: Array.from({ length: days }, (_, index) => day(index)) } };
        },
      },
    },
    options,
  );

describeProvider({
  provider: skylark,
  contracts: [forecast],
  stub: startSkylarkStub,
  calls: [
    {
      tool: 'weather.forecast',
      input: { town: 'Porto', days: 2 },
      check: (/** @type {import('omni-mcp').z.output<typeof forecast.output>} */ { days }) =>
        assert.deepEqual(days[1], { date: '2026-11-02', highC: 9, lowC: 2, sky: 'rain' }),
    },
  ],
});

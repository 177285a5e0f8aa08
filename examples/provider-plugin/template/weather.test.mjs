// @ts-check
/** Skylark passes what every provider must. */
import assert from 'node:assert/strict';
import { describeProvider } from 'omni-mcp/testing';
import { startSkylarkStub } from './skylark-stub.mjs';
import { forecast, skylark } from './weather.mjs';

describeProvider({
  provider: skylark,
  contracts: [forecast],
  stub: startSkylarkStub,
  calls: [
    {
      tool: 'weather.forecast',
      input: { town: 'Bergen', days: 2 },
      check: (/** @type {import('omni-mcp').z.output<typeof forecast.output>} */ { days }) =>
        assert.deepEqual(days[1], { date: '2026-11-02', highC: 9, lowC: 2, sky: 'rain' }),
    },
  ],
});

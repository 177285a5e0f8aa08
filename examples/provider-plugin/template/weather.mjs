// @ts-check
/** Skylark: weather forecasts. */
import { defineProvider, defineTool, z } from 'omni-mcp';

/** What definitions write and read, whoever provides it. */
export const forecast = defineTool({
  name: 'weather.forecast',
  title: 'Forecast the weather',
  description: 'Says what the weather of a town will be.',
  input: z.strictObject({
    town: z.string().min(1).describe('Its name.'),
    days: z.int().min(1).max(7).default(3).describe('From today on.'),
  }),
  output: z.object({
    days: z
      .array(
        z.object({
          date: z.string().describe('Such as 2026-11-02.'),
          highC: z.number().describe('Degrees Celsius.'),
          lowC: z.number().describe('Degrees Celsius.'),
          sky: z.enum(['clear', 'cloudy', 'rain', 'snow']).describe('Over most of the day.'),
        }),
      )
      .describe('One entry per day.'),
  }),
  idempotent: 'natural',
  timeoutMs: 10_000,
});

/** What the vendor answers, as far as it is read. */
const answer = z.object({
  forecast: z.array(
    z.object({ day: z.string(), max: z.number(), min: z.number(), sky: z.enum(['clear', 'cloudy', 'rain', 'snow']) }),
  ),
});

export const skylark = defineProvider({
  provider: 'skylark',
  title: 'Skylark Weather',
  keyVariable: 'SKYLARK_API_KEY',
  baseUrlVariable: 'SKYLARK_BASE_URL',
  baseUrl: 'https://api.skylark.example/v1',
  sources: ['https://skylark.example/docs/forecast'],
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  probe: '/account',
  limits: { perSecond: 5, burst: 10, concurrent: 10 },
  honours: 'reads again',
  prices: {
    usual: {},
    rates: {
      'weather.forecast': { usdPerCall: 0.001, date: '2026-11-02', source: 'https://skylark.example/pricing' },
    },
  },
  tools: {
    'weather.forecast': async (/** @type {z.output<typeof forecast.input>} */ { town, days }, call) => {
      const query = new URLSearchParams({ q: town, days: String(days) });
      const found = await call.json(answer, { method: 'GET', path: `/forecast?${query}` });
      const output = found.forecast.map(({ day, max, min, sky }) => ({ date: day, highC: max, lowC: min, sky }));
      return { output: { days: output } };
    },
  },
});

export default [forecast, skylark];

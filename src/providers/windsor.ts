/** Windsor.ai: figures of marketing and sales sources. */
import { z } from 'zod';
import { OmniError } from '../plan/problem';
import type { DataInput, DataOutput } from '../tools/data-query';
import { defineProvider } from './define-provider';

const answer = z.object({ data: z.array(z.record(z.string(), z.unknown())) });

export const WINDSOR = defineProvider({
  provider: 'windsor',
  title: 'Windsor.ai',
  keyVariable: 'WINDSOR_API_KEY',
  baseUrlVariable: 'WINDSOR_BASE_URL',
  baseUrl: 'https://connectors.windsor.ai',
  byPlan: true,
  sources: ['https://windsor.ai/api-information/', 'https://windsor.ai/api-fields/'],
  // A key in the query would stand in the logs of everything on the way.
  headers: (key) => ({ 'x-api-key': key }),
  limits: { perSecond: 1, burst: 5, concurrent: 5 },
  honours: 'reads again',
  tools: {
    'data.query': async ({ source, fields, from, to, period }: DataInput, call) => {
      if ((from === undefined) !== (to === undefined) || (from !== undefined && period !== undefined))
        throw new OmniError('validation', 'Give input.from and input.to together, or input.period.', {
          provider: call.far.provider,
          errors: [{ pointer: '/from', detail: 'goes together with to, and not with period' }],
        });
      const query = new URLSearchParams({
        fields: fields.join(','),
        ...(period === undefined ? {} : { date_preset: period }),
        ...(from === undefined || to === undefined ? {} : { date_from: from, date_to: to }),
      });
      const path = `/${encodeURIComponent(source)}?${query.toString()}`;
      const { data } = await call.json(answer, { method: 'GET', path });
      return { output: { rows: data } satisfies DataOutput };
    },
  },
});

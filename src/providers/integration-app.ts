/** The vendor integration.app, now Membrane: actions set up there, run on connections of its. */
import { z } from 'zod';
import type { ActionInput, ActionOutput } from '../tools/action-run';
import { defineProvider } from './define-provider';
import { markerOf } from './marker';

const ran = z.object({ output: z.record(z.string(), z.unknown()), actionRunId: z.string().optional() });

export const INTEGRATION_APP = defineProvider({
  provider: 'integration-app',
  title: 'integration.app (Membrane)',
  keyVariable: 'INTEGRATION_APP_TOKEN',
  baseUrlVariable: 'INTEGRATION_APP_BASE_URL',
  baseUrl: 'https://api.getmembrane.com',
  byPlan: true,
  sources: ['https://docs.getmembrane.com', 'https://api.getmembrane.com'],
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  honours: 'tried once; `meta.call.idempotencyKey` of the run’s log tells which call it was',
  tools: {
    'action.run': async ({ action, connection, input }: ActionInput, call) => {
      const { output, actionRunId } = await call.json(ran, {
        method: 'POST',
        path: '/act',
        body: {
          key: action,
          ...(connection === undefined ? {} : { connectionKey: connection }),
          input: input ?? {},
          meta: { call: { idempotencyKey: markerOf(call.idempotencyKey) } },
        },
      });
      const answer: ActionOutput = { ...(actionRunId === undefined ? {} : { id: actionRunId }), output };
      return { output: answer };
    },
  },
});

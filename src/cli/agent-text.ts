/** Agents as `omni agents` prints them. */
import { z } from 'zod';
import { duration, plural, spentText, type Terminal } from './terminal';

const spread = z.object({ p50: z.number(), p95: z.number() }).optional();

/** Only what is read here is checked; the rest passes as the server wrote it. */
export const listedAgent = z.looseObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  pool: z.string(),
  capabilities: z.array(z.string()),
  priority: z.string(),
  status: z.string(),
  derived: z.string(),
  override: z.looseObject({ status: z.string(), by: z.string(), until: z.string() }).optional(),
  slots: z.looseObject({ total: z.number(), used: z.number() }),
  heard: z.looseObject({ at: z.string(), startedAt: z.string(), build: z.string() }).optional(),
});

export const shownAgent = listedAgent.extend({
  working: z.array(z.looseObject({ taskId: z.string(), capability: z.string(), state: z.string(), since: z.string() })),
  figures: z.looseObject({
    completed: z.number(),
    failed: z.number(),
    canceled: z.number(),
    rejected: z.number(),
    durationMs: spread,
    queueWaitMs: spread,
    inputTokens: z.number(),
    outputTokens: z.number(),
    costUsd: z.number(),
    approvals: z.looseObject({ asked: z.number(), given: z.number() }),
    lastError: z.looseObject({ type: z.string(), at: z.string() }).optional(),
  }),
});

type Paint = Terminal['paint'];

/** One line. */
export function agentText(one: z.infer<typeof listedAgent>, paint: Paint): string {
  const { id, type, pool, status, derived, override, slots, capabilities } = one;
  const facts = [
    pool === 'default' ? type : `${type}/${pool}`,
    status === derived ? status : `${status} (by itself ${derived})`,
    ...(override === undefined ? [] : [`set to ${override.status} by ${override.by} until ${override.until}`]),
    `${slots.used} of ${slots.total} slots`,
    capabilities.join(' '),
  ];
  return `${paint('bold', id)}  ${facts.join(', ')}`;
}

export function agentPage(one: z.infer<typeof shownAgent>, paint: Paint): string {
  const { name, priority, heard, working, figures } = one;
  const { completed, failed, canceled, rejected, approvals, lastError } = figures;
  const ended = [
    `${completed} completed`,
    `${failed} failed`,
    ...(canceled > 0 ? [`${canceled} canceled`] : []),
    ...(rejected > 0 ? [`${rejected} rejected`] : []),
    ...spreadText('took', figures.durationMs),
    ...spreadText('waited', figures.queueWaitMs),
    ...spentText({ ...figures, durationMs: 0 }),
    ...(approvals.asked > 0 ? [`${approvals.given} of ${plural(approvals.asked, 'approval')} given`] : []),
    ...(lastError === undefined ? [] : [`last error ${lastError.type} at ${lastError.at}`]),
  ];
  return [
    agentText(one, paint),
    `  ${name}, priority ${priority}`,
    heard === undefined
      ? '  no process of it runs'
      : `  heard of at ${heard.at}, build ${heard.build}, runs since ${heard.startedAt}`,
    ...working.map(({ taskId, capability, state, since }) => `  ${taskId}  ${capability}, ${state} since ${since}`),
    `  last 24 hours: ${ended.join(', ')}`,
    '',
  ].join('\n');
}

function spreadText(
  verb: string,
  spread: { readonly p50: number; readonly p95: number } | undefined,
): readonly string[] {
  return spread === undefined ? [] : [`${verb} ${duration(spread.p50)}, at most ${duration(spread.p95)} for 95 %`];
}

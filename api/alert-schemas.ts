/** The shapes of alerts and of what becomes of them, as the API speaks them. */
import { z } from 'zod';
import { ALERT_ACTIONS, AlertRule, alertText } from '../src/monitoring/alert-rule';
import { ALERT_STATES } from '../src/monitoring/alert-standing';
import { parseDuration } from '../src/plan/duration';
import { AnyJson } from './schemas';

const time = z.iso.datetime().describe('ISO 8601');
const figures = z.record(z.string(), z.number()).describe('What the condition’s names were');
const actions = z.array(z.enum(ALERT_ACTIONS));
const metadata = z.record(z.string(), AnyJson);

export const AlertState = z.enum(ALERT_STATES);

export const AlertSchema = z
  .object({
    ...AlertRule.shape,
    enabled: z.boolean(),
    duration: z.number().int(),
    actions,
    metadata,
    builtIn: z.boolean(),
    state: AlertState,
    since: time.optional().describe('Since when it stands so; absent: it was never looked at'),
    seenAt: time.optional().describe('When it was looked at last'),
    figures: figures.optional(),
    fault: z.string().optional().describe('Why the condition could not be computed at the last look'),
    silence: z.object({ until: time, by: z.string(), reason: z.string().optional() }).optional(),
    changed: z.object({ by: z.string(), at: time }).optional(),
    links: z.object({ self: z.string(), silence: z.string(), history: z.string() }),
  })
  .meta({ id: 'Alert' });

export const AlertEventSchema = z
  .object({
    seq: z.string().describe('Newer ones have a larger one'),
    id: z.string().describe('Of the alert'),
    at: time,
    event: z.object({
      state: AlertState,
      from: AlertState,
      name: z.string().optional(),
      severity: AlertRule.shape.severity.optional(),
      condition: z.string().optional(),
      description: z.string().optional(),
      figures,
      metadata: metadata.optional(),
      actions: actions.describe('What was done'),
      unsent: z.string().optional().describe('Why an action of the rule was not done'),
      silenced: z.boolean().optional(),
      since: time,
      reason: z.enum(['no-data', 'switched-off', 'deleted', 'silence-over']).optional(),
    }),
    delivery: z
      .object({ tries: z.number().int(), settledAt: time.optional(), lastError: z.string().optional() })
      .optional()
      .describe('Of what its actions tell; without `settledAt` it is tried again'),
  })
  .meta({ id: 'AlertEvent' });

/** Ends a silence; no duration of the language is that short. */
const NO_TIME = '0s';
const LONGEST_SILENCE_MS = 30 * 86_400_000;

export const AlertSilenceBody = z
  .strictObject({
    for: z
      .string()
      .refine((text) => text === NO_TIME || (parseDuration(text) ?? Infinity) <= LONGEST_SILENCE_MS, {
        error: 'is no duration such as 30m or 12h, or more than 30 days',
      })
      .describe('`2h`; `0s` ends a silence'),
    reason: alertText(500).optional(),
  })
  .meta({ id: 'AlertSilenceRequest' });

const { condition, threshold, duration } = AlertRule.shape;

export const AlertCheckBody = z.strictObject({ condition, threshold, duration }).meta({ id: 'AlertCheckRequest' });

export const AlertCheckSchema = z
  .object({
    valid: z.boolean(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
    holds: z.boolean().optional().describe('Now; absent: there is nothing to read, or there is a fault'),
    fault: z.string().optional().describe('Why it could not be computed now'),
    figures,
  })
  .meta({ id: 'AlertCheck' });

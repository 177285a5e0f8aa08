/** What an alert is: a condition over figures, how long it counts, and what is done when it holds. */
import { z } from 'zod';
import { isKept } from '../store/kept-text';

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export const ALERT_ACTIONS = ['log', 'notify', 'webhook'] as const;
export type AlertAction = (typeof ALERT_ACTIONS)[number];

const DAY_S = 86_400;

const MOST_METADATA = 50;

/** A text that the database keeps. */
export function alertText(maxLength: number) {
  return z.string().max(maxLength).refine(isKept, 'holds a character that cannot be stored');
}

const value = z.union([alertText(1000), z.number(), z.boolean(), z.null()]);

export const AlertRule = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'must be letters, digits and _ . -'),
  name: alertText(200).min(1),
  description: alertText(2000).optional(),
  condition: alertText(500).min(1).describe('`error_rate > 5`: what it may name, docs/alerts.md says'),
  severity: z.enum(SEVERITIES),
  enabled: z.boolean().default(true),
  threshold: z.number().optional().describe('What `threshold` stands for in the condition'),
  duration: z
    .number()
    .int()
    .min(0)
    .max(7 * DAY_S)
    .default(300)
    .describe('Seconds: what happens is counted over them, and what stands must stand for so long'),
  actions: z.array(z.enum(ALERT_ACTIONS)).max(3).default(['log']),
  metadata: z
    .record(alertText(100), value)
    .refine((all) => Object.keys(all).length <= MOST_METADATA, `holds more than ${MOST_METADATA} names`)
    .default({}),
});
export type AlertRule = z.output<typeof AlertRule>;
/** As somebody writes it; defaults are those of `AlertRule`. */
export interface NewAlert {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly condition: string;
  readonly severity: (typeof SEVERITIES)[number];
  readonly enabled?: boolean;
  readonly threshold?: number;
  /** Seconds. */
  readonly duration?: number;
  readonly actions?: readonly AlertAction[];
  readonly metadata?: AlertRule['metadata'];
}

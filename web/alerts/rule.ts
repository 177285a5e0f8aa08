/** A rule of an alert as fields of a form, and back. */
import type { Alert } from '../shapes';

export const SEVERITIES: readonly Alert['severity'][] = ['info', 'low', 'medium', 'high', 'critical'];
export const ACTIONS: readonly Alert['actions'][number][] = ['log', 'notify', 'webhook'];

/** Numbers as they are typed. */
export interface RuleDraft {
  readonly name: string;
  readonly description: string;
  readonly condition: string;
  /** Empty: none. */
  readonly threshold: string;
  readonly seconds: string;
  readonly severity: Alert['severity'];
  readonly actions: Alert['actions'];
  readonly enabled: boolean;
}

export const NEW_RULE: RuleDraft = {
  name: '',
  description: '',
  condition: '',
  threshold: '',
  seconds: '300',
  severity: 'medium',
  actions: [...ACTIONS],
  enabled: true,
};

export function draftOf(alert: Alert): RuleDraft {
  const { name, description = '', condition, threshold, duration, severity, actions, enabled } = alert;
  const limit = threshold === undefined ? '' : String(threshold);
  return { name, description, condition, threshold: limit, seconds: String(duration), severity, actions, enabled };
}

/** The body of `POST /monitoring/alerts`. */
export function ruleOf(draft: RuleDraft, rest: Pick<Alert, 'id' | 'metadata'>): object {
  const { name, description, condition, threshold, seconds, severity, actions, enabled } = draft;
  return {
    ...rest,
    name,
    ...(description.trim() === '' ? {} : { description: description.trim() }),
    condition,
    ...(threshold.trim() === '' ? {} : { threshold: Number(threshold) }),
    duration: Number(seconds),
    severity,
    actions,
    enabled,
  };
}

/** `High error rate` becomes `high-error-rate`; empty when no letter or digit is in it. */
export function slug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100);
}

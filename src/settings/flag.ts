/** A feature flag's value, and what it comes to for one start of an execution. Pure. */
import { z } from 'zod';
import type { FeatureFlag } from '../config/shapes';
import { flagMembers } from '../config/shapes';
import { evaluateCondition } from '../plan/expression/evaluate';
import { own } from '../plan/json';
import type { StartFacts } from '../plan/load';
import { OmniError } from '../plan/problem';
import { isIn } from './rollout';

export const NO_FACTS: StartFacts = { context: {}, payload: {} };

/** As it is stored, complete. */
export interface Flag {
  readonly enabled: boolean;
  /** From 0 to 100: for which part of those who start executions it is on. */
  readonly rolloutPercentage: number;
  readonly description: string;
  /** The first rule that holds decides in place of `rolloutPercentage`. */
  readonly targeting: readonly FlagRule[];
}

export interface FlagRule {
  /** An expression over `context` and `payload`. One that cannot be evaluated does not hold. */
  readonly when: string;
  readonly enabled: boolean;
  /** Default: everybody whom the rule is about. */
  readonly rolloutPercentage?: number | undefined;
}

export interface Evaluation {
  readonly value: boolean;
  /** In OpenFeature's words (https://openfeature.dev/specification/types#resolution-details). */
  readonly reason: 'DISABLED' | 'STATIC' | 'SPLIT' | 'TARGETING_MATCH';
}

const members = z.strictObject(flagMembers);

/** Throws zod's error. */
export function parseFlag(value: unknown): Flag {
  return complete(members.parse(value));
}

export function complete({
  enabled,
  rolloutPercentage = 100,
  description = '',
  targeting = [],
}: Omit<FeatureFlag, 'name'>): Flag {
  return { enabled, rolloutPercentage, description, targeting };
}

/**
 * Who starts: `context.targetingKey`, `context.userId`, `payload.userId`, the first that is a text. Nothing else is taken, so that nobody
 * is counted by a number that changes from start to start.
 */
export function targetingKeyOf({ context, payload }: StartFacts): string | undefined {
  const candidates = [own(context, 'targetingKey'), own(context, 'userId'), own(payload, 'userId')];
  return candidates.find((one): one is string => typeof one === 'string' && one !== '');
}

export function evaluateFlag(name: string, flag: Flag, facts: StartFacts): Evaluation {
  if (!flag.enabled) return { value: false, reason: 'DISABLED' };
  const key = targetingKeyOf(facts);
  const rule = flag.targeting.find(({ when }) => holds(when, facts));
  if (rule !== undefined)
    return { value: rule.enabled && isIn(rule.rolloutPercentage ?? 100, name, key), reason: 'TARGETING_MATCH' };
  return {
    value: isIn(flag.rolloutPercentage, name, key),
    reason: flag.rolloutPercentage >= 100 ? 'STATIC' : 'SPLIT',
  };
}

function holds(when: string, { context, payload }: StartFacts): boolean {
  const no = (): never => {
    throw new OmniError('expression', 'A rule draws nothing at random.');
  };
  try {
    return evaluateCondition(when, { roots: { context, payload }, now: () => Date.now(), uuid: no });
  } catch (error) {
    if (error instanceof OmniError) return false;
    throw error;
  }
}

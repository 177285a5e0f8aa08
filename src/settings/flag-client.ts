/** Flags behind OpenFeature: our provider, and a client that asks it. */
import { randomUUID } from 'node:crypto';
import type { EvaluationContext, Provider, ResolutionDetails } from '@openfeature/server-sdk';
import { ErrorCode, NOOP_PROVIDER, OpenFeature } from '@openfeature/server-sdk';
import type { Json } from '../plan/json';
import type { StartFacts } from '../plan/load';
import type { Flag } from './flag';
import { evaluateFlag, targetingKeyOf } from './flag';

export interface FlagClient {
  /** False for a flag that is not there. */
  isOn(name: string, facts: StartFacts): Promise<boolean>;
  close(): Promise<void>;
}

/** `flagOf`: as it is now. The provider is one of many that a program may have, so it has a domain of its own. */
export async function openFlagClient(flagOf: (name: string) => Flag | undefined): Promise<FlagClient> {
  const domain = `omni-mcp-${randomUUID()}`;
  await OpenFeature.setProviderAndWait(domain, providerOf(flagOf));
  const client = OpenFeature.getClient(domain);
  return {
    isOn(name, facts) {
      const targetingKey = targetingKeyOf(facts);
      return client.getBooleanValue(name, false, {
        ...(targetingKey === undefined ? {} : { targetingKey }),
        // Plain data both.
        context: facts.context as EvaluationContext,
        payload: facts.payload as EvaluationContext,
      });
    },
    close: () => OpenFeature.setProviderAndWait(domain, NOOP_PROVIDER),
  };
}

/** https://openfeature.dev/specification/sections/providers */
function providerOf(flagOf: (name: string) => Flag | undefined): Provider {
  const wrongType = <T>(_name: string, value: T): Promise<ResolutionDetails<T>> =>
    Promise.resolve({ value, reason: 'ERROR', errorCode: ErrorCode.TYPE_MISMATCH });
  return {
    metadata: { name: 'omni-mcp' },
    runsOn: 'server',
    resolveBooleanEvaluation(name, value, { context, payload }) {
      const flag = flagOf(name);
      if (flag === undefined) return Promise.resolve({ value, reason: 'ERROR', errorCode: ErrorCode.FLAG_NOT_FOUND });
      const facts = { context: (context ?? {}) as Json, payload: (payload ?? {}) as Json };
      const evaluation = evaluateFlag(name, flag, facts);
      return Promise.resolve({ ...evaluation, variant: evaluation.value ? 'on' : 'off' });
    },
    resolveStringEvaluation: wrongType,
    resolveNumberEvaluation: wrongType,
    resolveObjectEvaluation: wrongType,
  };
}

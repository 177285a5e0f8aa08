/** What a worker hands to the activity that calls providers, the same whatever else it does. */
import type { Logger } from 'pino';
import type { ActivityDependencies } from '../activities/dependencies';
import { callCounter } from '../src/monitoring/counted-calls';
import type { Metrics } from '../src/monitoring/metrics';
import type { Store } from '../src/store/store';
import { ALONE, createJointRate } from '../src/tools/joint-rate';
import type { JointRate } from '../src/tools/joint-rate';
import type { Tracing } from '../src/tracing/tracing';
import type { ToolRegistry } from '../src/tools/registry';

export interface CallParts {
  /** Without `rates` no rate is shared with other processes, without `partials` nobody sees what a model writes. */
  readonly store: Pick<Store, 'blobs'> & Partial<Pick<Store, 'rates' | 'partials' | 'keys'>>;
  readonly registry: ToolRegistry;
  /** Absent: nobody counts. */
  readonly metrics?: Metrics;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing;
  readonly logger: Logger;
}

export function callDependencies(parts: CallParts): Omit<ActivityDependencies, 'loadPlan' | 'emit'> {
  const { store, registry, metrics, logger } = parts;
  return {
    registry,
    blobs: store.blobs,
    jointRate: jointRateOf(parts),
    ...(store.partials && { publishPartials: store.partials.publish }),
    ...(store.keys && { redactionKey: store.keys.redaction }),
    ...(metrics && { calls: callCounter(metrics) }),
    logger,
  };
}

function jointRateOf({ store: { rates }, logger }: CallParts): JointRate {
  if (rates === undefined) return ALONE;
  return createJointRate({
    take: (bucket) => rates.take(bucket),
    onReach: (reached) =>
      reached
        ? logger.info('shared rates are counted again')
        : logger.warn('the database does not answer: rates are kept by this process alone'),
  });
}

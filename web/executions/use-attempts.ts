/** The attempts of one execution's calls, out of its trace. */
import { useMemo } from 'preact/hooks';
import { useAsked } from '../hooks';
import type { Trace, TraceSummary } from '../shapes';
import type { Attempts } from './attempts';
import { attemptsIn } from './attempts';

/** More are not worth the wait. */
const MOST_SPANS = 2_000;
const FRESH_EVERY_MS = 15_000;

/** `traces`: those that the execution is in. Empty until they are known, and where none is kept. */
export function useAttempts(executionId: string, traces: readonly TraceSummary[], running: boolean): Attempts {
  const own = traces.find((trace) => trace.executionId === executionId && trace.spans <= MOST_SPANS);
  const { value } = useAsked<Trace>(own && `/monitoring/traces/${own.traceId}`, running ? FRESH_EVERY_MS : undefined);
  return useMemo(() => attemptsIn(value?.spans ?? [], executionId), [value, executionId]);
}

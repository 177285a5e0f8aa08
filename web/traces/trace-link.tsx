/** Leads from an execution to its trace, when one is kept. */
import { useAsked } from '../hooks';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { TraceSummary } from '../shapes';
import { tracesPath } from './filters';

const FRESH_EVERY_MS = 15_000;

/** Those that the execution is in, for whoever may read them. */
export function useTraces(executionId: string): readonly TraceSummary[] {
  const may = useMay('monitoring:read');
  const { value } = useAsked<{ traces: readonly TraceSummary[] }>(
    may ? tracesPath({ executionId }) : undefined,
    FRESH_EVERY_MS,
  );
  return value?.traces ?? [];
}

interface TraceLinkProps {
  readonly executionId: string;
  readonly traces: readonly TraceSummary[];
}

export function TraceLink({ executionId, traces: [first, second] }: TraceLinkProps) {
  if (first === undefined) return null;
  // An execution that was asked something by requests of their own is in their traces too.
  return second === undefined ? (
    <a href={hrefOf(['traces', first.traceId])}>Its trace</a>
  ) : (
    <a href={hrefOf(['traces'], { executionId })}>Its traces</a>
  );
}

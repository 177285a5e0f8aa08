/** Traces that a program tells of by itself: held in memory until it says that they are over. */
import { randomBytes } from 'node:crypto';
import { isObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { Tracing } from '../tracing/tracing';
import type { Clean } from './clean-text';

export type ProgramTraceStatus = 'success' | 'error';

export interface ProgramTraces {
  /**
   * Begins one and gives its id. Of `context` only what names things is kept, see `NAMES` and `NUMBERS`: the rest may name people. Throws
   * `validation` for a name that is none, `rate-limited` while 1,000 traces are open.
   */
  startTrace(operationName: string, context?: object): string;
  /** Begins a span of it and gives its id; `attributes` as the context above. Throws also `not-found`, and `rate-limited` at 1,000 open spans. */
  addSpan(traceId: string, name: string, attributes?: object): string;
  /** Throws `not-found`. */
  finishSpan(traceId: string, spanId: string): void;
  /** Ends what is open in it too, as what it was in the middle of. Throws `not-found`, `validation`. */
  finishTrace(traceId: string, status: ProgramTraceStatus): void;
}

export interface ProgramTraceParts {
  readonly tracing: Pick<Tracing, 'keep'>;
  /** A name that is not the same afterwards is not kept. */
  readonly clean: Clean;
  readonly now: () => number;
}

const MOST = 1_000;
const STATUSES: readonly string[] = ['success', 'error'];

/** What programs may say of a span, and what it is called in there. */
const NAMES = {
  workflowId: 'omni.workflow',
  workflow: 'omni.workflow',
  version: 'omni.version',
  step: 'omni.step',
  operation: 'omni.operation',
  tool: 'omni.tool',
  provider: 'omni.provider',
  model: 'gen_ai.request.model',
  agent: 'gen_ai.agent.name',
} as const;

const NUMBERS = {
  attempt: 'omni.attempt',
  inputTokens: 'omni.usage.input_tokens',
  outputTokens: 'omni.usage.output_tokens',
  costUsd: 'omni.usage.cost_usd',
} as const;

/** Of things: a name without spaces, such as `openai/gpt-4o`. */
const THING = /^[\w.:/+-]{1,100}$/;
const OPERATION = /^(?=.{1,100}$)[\w.:/+-]+( [\w.:/+-]+)*$/;

interface OpenSpan {
  readonly name: string;
  readonly spanId: string;
  readonly startedAt: number;
  readonly attributes: Readonly<Record<string, string | number>>;
}

interface OpenTrace extends OpenSpan {
  readonly spans: Map<string, OpenSpan>;
}

export function createProgramTraces({ tracing, clean, now }: ProgramTraceParts): ProgramTraces {
  const open = new Map<string, OpenTrace>();
  const opened = (name: string, context: object): OpenSpan => {
    if (typeof name !== 'string' || !OPERATION.test(name) || clean(name) !== name)
      throw new OmniError(
        'validation',
        'A span is named after what is done, not after whom or what it is done for: at most 100 letters, digits, spaces and _ . : / + -.',
      );
    return { name, spanId: randomBytes(8).toString('hex'), startedAt: now(), attributes: kept(context, clean) };
  };
  const found = (traceId: string): OpenTrace => {
    const trace = open.get(traceId);
    if (trace === undefined)
      throw new OmniError('not-found', 'There is no open trace of this id: it was not started here, or is finished.');
    return trace;
  };
  const end = (
    traceId: string,
    { spans: _, ...span }: OpenSpan & { readonly spans?: unknown },
    more: { readonly parentSpanId?: string; readonly failed: boolean },
  ): void => tracing.keep({ ...span, traceId, endedAt: now(), ...more });
  return {
    startTrace(operationName, context = {}) {
      if (open.size >= MOST)
        throw new OmniError(
          'rate-limited',
          `${MOST} traces are open already. Finish those that are over (finishTrace).`,
        );
      const traceId = randomBytes(16).toString('hex');
      open.set(traceId, { ...opened(operationName, context), spans: new Map() });
      return traceId;
    },
    addSpan(traceId, name, attributes = {}) {
      const { spans } = found(traceId);
      if (spans.size >= MOST)
        throw new OmniError(
          'rate-limited',
          `${MOST} spans are open in this trace. Finish those that are over (finishSpan).`,
        );
      const span = opened(name, attributes);
      spans.set(span.spanId, span);
      return span.spanId;
    },
    finishSpan(traceId, spanId) {
      const { spans, spanId: parentSpanId } = found(traceId);
      const span = spans.get(spanId);
      if (span === undefined)
        throw new OmniError(
          'not-found',
          'There is no open span of this id in the trace: it is of another, or finished.',
        );
      spans.delete(spanId);
      end(traceId, span, { parentSpanId, failed: false });
    },
    finishTrace(traceId, status) {
      const trace = found(traceId);
      if (!STATUSES.includes(status))
        throw new OmniError('validation', `A trace is finished as one of: ${STATUSES.join(', ')}.`);
      open.delete(traceId);
      const failed = status === 'error';
      for (const span of trace.spans.values()) end(traceId, span, { parentSpanId: trace.spanId, failed });
      end(traceId, trace, { failed });
    },
  };
}

function kept(context: object, clean: Clean): OpenSpan['attributes'] {
  const attributes: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(isObject(context) ? context : {})) {
    if (typeof value === 'string' && Object.hasOwn(NAMES, name) && THING.test(value) && clean(value) === value)
      attributes[NAMES[name as keyof typeof NAMES]] = value;
    if (typeof value === 'number' && Object.hasOwn(NUMBERS, name) && Number.isFinite(value))
      attributes[NUMBERS[name as keyof typeof NUMBERS]] = value;
  }
  return attributes;
}

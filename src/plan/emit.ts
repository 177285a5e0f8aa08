/** What an `emit` step asks of the activity that delivers its event. */
import type { Json } from './json';
import type { Problem } from './problem';

export const EMIT_ACTIVITY = 'omni:emit';

/** A CloudEvent without its data (https://github.com/cloudevents/spec). `source` and `id` name it: the same on every attempt. */
export interface EmittedEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339. */
  readonly time: string;
  /** Executions that led to this event, each started by the one before: an extension attribute, which bounds such chains. */
  readonly omnidepth: number;
}

export interface EmitRequest {
  /** Path of the step. */
  readonly path: string;
  readonly event: EmittedEvent;
  readonly data: Json;
}

export interface EmitAnswer {
  /** Id of the event. */
  readonly output: string;
  /** Executions that it started, now or on an earlier attempt. */
  readonly executions: readonly string[];
  /** Definitions that listen to the type, but whose payload the data do not fit. */
  readonly refused: readonly string[];
}

export type Emit = (request: EmitRequest) => Promise<EmitAnswer>;

export type EmitOutcome =
  | { readonly status: 'completed' }
  | { readonly status: 'failed'; readonly error: Problem }
  | { readonly status: 'cancelled' };

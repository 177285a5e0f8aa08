/** An answer as Temporal's history holds it, for tasks whose record went with a finished round of a loop. */
import type { Client } from '@temporalio/client';
import { isObject, own } from '../plan/json';
import { readHistory } from './history';
import type { GivenAnswer, TaskPlace } from './task';

/** Newest events that are looked through. */
const LOOKED_AT = 1000;

/** Undefined when the newest run was given none. */
export async function recordedAnswer(
  client: Client,
  { executionId, path }: TaskPlace,
): Promise<GivenAnswer | undefined> {
  const { events } = await readHistory(client, executionId, { limit: LOOKED_AT, backwards: true });
  for (const [i, { type, attributes, time }] of events.entries()) {
    if (type !== 'WorkflowExecutionUpdateAccepted') continue;
    const given = firstOf(own(own(attributes['acceptedRequest'], 'input'), 'args'));
    if (own(given, 'path') !== path) continue;
    const [data, by] = [own(given, 'data'), own(given, 'by')];
    // The clock of the execution stands at the beginning of the task in which it took the answer.
    const begun = events.slice(i).find((event) => event.type === 'WorkflowTaskStarted');
    return { data: isObject(data) ? data : {}, by: typeof by === 'string' ? by : '', at: begun?.time ?? time };
  }
  return undefined;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? (value[0] as unknown) : value;
}

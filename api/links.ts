/** Addresses inside answers: of an execution's resources, and of the large values that it refers to. */
import { isBlobReference } from '../src/plan/blob';

export function executionPath(executionId: string): string {
  return `/executions/${encodeURIComponent(executionId)}`;
}

export function executionLinks(
  executionId: string,
): Readonly<Record<'self' | 'history' | 'events' | 'cancel', string>> {
  const self = executionPath(executionId);
  return { self, history: `${self}/history`, events: `${self}/events`, cancel: `${self}/cancel` };
}

/** The same data, in which every blob reference also has its address as `href`. */
export function withAddresses(value: unknown, executionId: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withAddresses(item, executionId));
  if (typeof value !== 'object' || value === null) return value;
  if (isBlobReference(value)) return { ...value, href: `${executionPath(executionId)}/blobs/${value.$blob}` };
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withAddresses(field, executionId)]));
}

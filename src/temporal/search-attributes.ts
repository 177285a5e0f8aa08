/** The search attributes of every execution: closed vocabularies without user data, because Temporal never encrypts them. */
import type { Connection } from '@temporalio/client';

/** `code`: `temporal.api.enums.v1.IndexedValueType`. */
export const SEARCH_ATTRIBUTES = [
  { name: 'OmniStatus', type: 'Keyword', code: 2 },
  { name: 'OmniStep', type: 'Keyword', code: 2 },
  { name: 'OmniAwaiting', type: 'KeywordList', code: 7 },
  { name: 'OmniAgentType', type: 'Keyword', code: 2 },
  { name: 'OmniVersion', type: 'Keyword', code: 2 },
] as const;

/** Names of those that the namespace lacks. */
export async function missingSearchAttributes(connection: Connection, namespace: string): Promise<readonly string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return SEARCH_ATTRIBUTES.map(({ name }) => name).filter((name) => !Object.hasOwn(customAttributes ?? {}, name));
}

/** Registers those that the namespace lacks, and returns their names. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<readonly string[]> {
  const missing = await missingSearchAttributes(connection, namespace);
  const wanted = SEARCH_ATTRIBUTES.filter(({ name }) => missing.includes(name));
  if (wanted.length > 0)
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(wanted.map(({ name, code }) => [name, code])),
    });
  return missing;
}

/** The search attributes that workflows set. Closed vocabularies, never encrypted, so never user data. */
import type { SearchAttributePair } from '@temporalio/common';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Open questions, as `<role>:<step>`. */
export const awaitingAttribute = defineSearchAttributeKey('OmniAwaiting', SearchAttributeType.KEYWORD_LIST);

/** `paused`, or nothing; of a task for an agent its state. */
export const statusAttribute = defineSearchAttributeKey('OmniStatus', SearchAttributeType.KEYWORD);

/** Version of the definition. */
export const versionAttribute = defineSearchAttributeKey('OmniVersion', SearchAttributeType.KEYWORD);

/** Type of the agent that a task asks for. */
const agentTypeAttribute = defineSearchAttributeKey('OmniAgentType', SearchAttributeType.KEYWORD);

/** What a task begins with. */
export function taskAttributes(agent: string): SearchAttributePair[] {
  return [
    { key: agentTypeAttribute, value: agent },
    { key: statusAttribute, value: 'submitted' },
  ];
}

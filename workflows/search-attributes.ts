/** The search attributes that workflows set. Closed vocabularies, never encrypted, so never user data. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Open questions, as `<role>:<step>`. */
export const awaitingAttribute = defineSearchAttributeKey('OmniAwaiting', SearchAttributeType.KEYWORD_LIST);

/** `paused`, or nothing. */
export const statusAttribute = defineSearchAttributeKey('OmniStatus', SearchAttributeType.KEYWORD);

/** Version of the definition. */
export const versionAttribute = defineSearchAttributeKey('OmniVersion', SearchAttributeType.KEYWORD);

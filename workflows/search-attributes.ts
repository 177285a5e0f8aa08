/** The search attributes that workflows set. Closed vocabularies, never encrypted, so never user data. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Version of the definition. */
export const versionAttribute = defineSearchAttributeKey('OmniVersion', SearchAttributeType.KEYWORD);

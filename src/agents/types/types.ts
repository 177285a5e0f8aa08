/** The types of agents that come with the platform: what each can do, without a model. */
import type { AgentType } from '../capability';
import { docsType } from './docs';
import { engineerType } from './engineer';
import { managerType } from './manager';
import type { SecurityTypeParts } from './security';
import { securityType } from './security';
import { testerType } from './tester';

export type AgentTypeParts = Parameters<typeof managerType>[0] & Parameters<typeof testerType>[0] & SecurityTypeParts;

export function createAgentTypes(parts: AgentTypeParts): readonly AgentType[] {
  return [managerType(parts), engineerType(parts), testerType(parts), docsType(parts), securityType(parts)];
}

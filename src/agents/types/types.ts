/** The types of agents that come with the platform: what each can do, without a model. */
import type { AgentType } from '../capability';
import { managerType } from './manager';

export type AgentTypeParts = Parameters<typeof managerType>[0];

export function createAgentTypes(parts: AgentTypeParts): readonly AgentType[] {
  return [managerType(parts)];
}

/** The agents that a process runs beside its engine: one of each type. */
import type { Platform } from '../platform';

/** Gives their ids: `<type>-001`, unless another process has that. */
export async function startAgents(platform: Platform): Promise<readonly string[]> {
  const started = await Promise.all(platform.agentTypes.map(({ type }) => platform.startAgent(type)));
  return started.map(({ id }) => id);
}

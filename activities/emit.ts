/** Delivers an event: starts what triggers on its type, each definition at most once per event however often it is delivered. */
import type { Emit } from '../src/plan/emit';
import { attach } from '../src/store/blob-value';
import type { ActivityDependencies } from './dependencies';
import { told } from './failure';

export function createEmit({ emit, blobs, logger }: Pick<ActivityDependencies, 'emit' | 'blobs' | 'logger'>): Emit {
  return ({ path, event, data }) =>
    told(async (executionId) => {
      // A stored value belongs to one execution, so what is started gets the content and stores its own.
      const opened = await attach(data, (hash) => blobs.get(hash, executionId));
      const { started, refused } = await emit(event, opened);
      if (refused.length > 0)
        logger.warn({ type: event.type, step: path, workflows: refused }, 'event does not fit what listens to it');
      return { output: event.id, executions: started, refused };
    });
}

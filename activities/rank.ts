/** Puts providers in order by how their calls in this process have gone lately. */
import type { Rank } from '../src/plan/preference';
import { ranked } from '../src/plan/preference';
import { liveScore } from '../src/tools/live-score';
import type { ActivityDependencies } from './dependencies';

export function createRank({ registry }: Pick<ActivityDependencies, 'registry'>): Rank {
  return ({ tool, by, providers }) => {
    const scores = providers.map((name) => liveScore(registry, { name, tool, by }));
    const figures = scores.map((score) => (score >= 0 && score < Infinity ? score : null));
    return Promise.resolve({ order: ranked(scores), figures });
  };
}

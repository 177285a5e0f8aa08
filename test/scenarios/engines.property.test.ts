/** Random definitions come to the same in memory and on a real server. `SEED=7 RUNS=1 npx jest test/scenarios/engines` repeats one. */
import { afterAll, beforeAll, test } from '@jest/globals';
import { loadConfig } from '../../src/config';
import type { TemporalScenarios } from '../../src/library/scenario-engine';
import { openScenarioEngine } from '../../src/library/scenario-engine';
import { testBundlePath, testTemporalAddress } from '../servers';
import { eachSeed } from '../interpreter/seeds';
import { sameOnBothEngines } from './same-on-both-engines';

let temporal: TemporalScenarios;

beforeAll(async () => {
  const config = loadConfig({ NODE_ENV: 'development', TEMPORAL_ADDRESS: await testTemporalAddress() });
  temporal = await openScenarioEngine({ config, bundlePath: await testBundlePath(), log: () => undefined });
}, 60_000);
afterAll(() => temporal.close());

test(
  'random definitions have the same step records, in the same order, at the same virtual times, on both engines',
  () => eachSeed(12, (seed) => sameOnBothEngines(seed, temporal.engine), 6),
  240_000,
);

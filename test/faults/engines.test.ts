/** A longer run of test/scenarios/engines.property.test.ts: random definitions, in memory and on a real server. */
import { afterAll, beforeAll, test } from '@jest/globals';
import { loadConfig } from '../../src/config';
import type { TemporalScenarios } from '../../src/library/scenario-engine';
import { openScenarioEngine } from '../../src/library/scenario-engine';
import { eachSeed } from '../interpreter/seeds';
import { sameOnBothEngines } from '../scenarios/same-on-both-engines';
import { testBundlePath, testTemporalAddress } from '../servers';

let temporal: TemporalScenarios;

beforeAll(async () => {
  const config = loadConfig({ NODE_ENV: 'development', TEMPORAL_ADDRESS: await testTemporalAddress() });
  temporal = await openScenarioEngine({ config, bundlePath: await testBundlePath(), log: () => undefined });
}, 60_000);
afterAll(() => temporal.close());

test(
  'random definitions have the same step records, in the same order, at the same virtual times, on both engines',
  () => eachSeed(60, (seed) => sameOnBothEngines(seed, temporal.engine), 6),
  600_000,
);

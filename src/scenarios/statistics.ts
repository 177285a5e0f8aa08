/** Figures over results. */
import type { ScenarioResult } from './result';

export interface ScenarioStatistics {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  /** Percent, 0 to 100; 0 where there is none. */
  readonly successRate: number;
  /** Real milliseconds. */
  readonly averageDuration: number;
  readonly totalDuration: number;
}

export function statisticsOf(results: readonly ScenarioResult[]): ScenarioStatistics {
  const total = results.length;
  const passed = results.filter((result) => result.passed).length;
  const totalDuration = results.reduce((sum, { duration }) => sum + duration, 0);
  return {
    total,
    passed,
    failed: total - passed,
    successRate: total === 0 ? 0 : (passed / total) * 100,
    averageDuration: total === 0 ? 0 : totalDuration / total,
    totalDuration,
  };
}

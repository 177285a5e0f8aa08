/** The order of the test files: those that take long come first, so that none of them is left alone at the end. */
const { createRequire } = require('node:module');
const path = require('node:path');

/** Jest's own, which goes by the last run's times where it has them, and else by the size of the files. */
const { default: Sequencer } = createRequire(require.resolve('jest'))('@jest/test-sequencer');

/** Seconds on a quiet machine, of files that take longer than their size tells. */
const SECONDS = {
  'start/start': 53,
  'cli/command': 43,
  'scenarios/temporal': 40,
  'integration/agents': 32,
  'scenarios/engines.property': 29,
  'api/tasks': 22,
  'executions/executions': 21,
  'temporal/local-server': 20,
  'integration/provider-faults': 20,
  'api/versions': 20,
  'providers/minimax': 20,
  'cli/replay': 20,
  'replay/histories': 19,
  'integration/retention': 19,
  'integration/schedules': 18,
  'api/schedules': 18,
  'api/coach-takeover': 18,
  'library/registered-tools': 17,
  'interpreter/large-lists': 17,
  'integration/large-values': 16,
  'providers/gemini': 16,
  'providers/grok': 16,
  'providers/mcp/mcp': 15,
  'integration/provider-hangs': 15,
  'interpreter/random.property': 15,
  orchestrator: 15,
  'api/pause': 14,
  'api/rerun': 14,
  'integration/variants': 14,
  'providers/deepseek': 13,
  'integration/turns': 13,
  'providers/qwen': 13,
  'providers/local/engine-process': 13,
  'api/coach': 13,
  'integration/provider-limits': 13,
};

const known = new Map(
  Object.entries(SECONDS).map(([name, seconds]) => [path.join(__dirname, `${name}.test.ts`), seconds]),
);
const secondsOf = (test) => (test.duration === undefined ? (known.get(test.path) ?? 0) : test.duration / 1000);

module.exports = class extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => secondsOf(b) - secondsOf(a));
  }
};

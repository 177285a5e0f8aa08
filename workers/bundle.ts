/** Bundles the workflow code for Temporal's sandbox. */
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { BUNDLE_CODE } from '../src/temporal/sandbox-code';

/**
 * Loaded once per worker instead of once per execution. Both are pure: their only state is the syntax of patterns and expressions
 * by text, which is the same for every execution and on which no budget depends.
 */
const PRELOADED = ['@marcbachmann/cel-js', 're2js'];

/** Its index is index.ts under jest and index.js in dist. */
const OURS = path.resolve(__dirname, '..', 'workflows');

/** The bundle's code, with its source map inline. Takes seconds: `npm run build` keeps it as dist/workflow-bundle.js. */
export async function bundleWorkflows(workflowsPath = OURS): Promise<string> {
  const logger = new DefaultLogger('WARN');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    logger,
    preloadModules: PRELOADED,
    ...BUNDLE_CODE,
  });
  return code;
}

/** Bundles the workflow code for Temporal's sandbox. */
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** The bundle's code, with its source map inline. Takes seconds: `npm run build` keeps it as dist/workflow-bundle.js. */
export async function bundleWorkflows(): Promise<string> {
  // Its index is index.ts under jest and index.js in dist.
  const workflowsPath = path.resolve(__dirname, '..', 'workflows');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  return code;
}

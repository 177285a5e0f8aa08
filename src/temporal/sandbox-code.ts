/** Files of the sandbox that the bundler and the clients take by path. */
import path from 'node:path';

const inWorkflows = (name: string): string => path.resolve(__dirname, '..', '..', 'workflows', name);

/** For whoever makes or reads failures. */
export const FAILURE_CONVERTER = inWorkflows('failure-converter');

/** For whoever bundles the interpreter. */
export const BUNDLE_CODE = {
  payloadConverterPath: inWorkflows('payload-converter'),
  failureConverterPath: FAILURE_CONVERTER,
  workflowInterceptorModules: [inWorkflows('trace'), inWorkflows('admit-values')],
};

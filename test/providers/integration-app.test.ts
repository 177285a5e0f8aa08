/** integration.app against its stub: the contract suite. */
import { expect, test } from '@jest/globals';
import { INTEGRATION_APP } from '../../src/providers/integration-app';
import { resolveProvider } from '../../src/tools/provider-names';
import { describeProvider, type VendorToolCase } from '../contracts/provider';
import { startIntegrationAppStub } from '../stubs/integration-app';

const RUN: VendorToolCase = {
  tool: 'action.run',
  input: { action: 'create-contact', connection: 'hubspot', input: { name: 'Ana' } },
  check: (output) => expect(output).toEqual({ id: 'run-1', output: { given: { name: 'Ana' } } }),
  refuses: [{ why: 'an action that is not set up', input: { action: 'nothing' }, type: 'not-found' }],
};

describeProvider({ provider: INTEGRATION_APP, stub: startIntegrationAppStub, calls: [RUN] });

test('`integration-app.stt.local` is the engine of this machine, and no call to anybody', () => {
  expect(resolveProvider('integration-app.stt.local')).toEqual({ provider: 'local' });
});

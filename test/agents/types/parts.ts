/** The types of agents on real parts: the built-in tools, the shipped definitions, scenarios in memory. What would need servers refuses. */
import { createCatalogue } from '../../../src/catalogue/catalogue';
import { definitionFolder } from '../../../src/catalogue/definition-folder';
import { loadConfig } from '../../../src/config';
import { agentTypes } from '../../../src/library/agent-types';
import { createProviders } from '../../../src/providers/providers';
import { CONTRACTS } from '../../../src/tools/contracts';
import { ToolRegistry } from '../../../src/tools/registry';

export const config = loadConfig({ NODE_ENV: 'development' });
export const registry = new ToolRegistry(CONTRACTS, createProviders(config));
const nothingPublished = {
  list: () => Promise.resolve([]),
  find: () => Promise.resolve(undefined),
  add: () => Promise.reject(new Error('nothing is published here')),
};
const catalogue = createCatalogue({
  folder: definitionFolder(config.definitionsDir, { follow: true }),
  table: nothingPublished as unknown as Parameters<typeof createCatalogue>[0]['table'],
  registry,
  snapshot: () => Promise.resolve({ flags: {}, settings: {} }),
});
type Parts = Parameters<typeof agentTypes>[0];

export const typesOf = ({
  executions = {},
  agents,
}: {
  readonly executions?: Partial<Parts['executions']>;
  readonly agents?: Parts['agents'];
} = {}) =>
  agentTypes({
    catalogue,
    registry,
    config,
    executions: executions as Parts['executions'],
    agents: agents as Parts['agents'],
  });

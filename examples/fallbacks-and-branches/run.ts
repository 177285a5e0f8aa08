/** One definition, five orders: each takes another way through its branches and fallbacks. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkflowEngine, WorkflowResult } from '../../src/index';
import { loadConfig, Orchestrator } from '../../src/index';
import { withPrivateServers } from '../private-servers';
import type { Shop } from './shop';
import { openShop } from './shop';

const definition = readFileSync(path.join(__dirname, 'order-desk.yaml'), 'utf8');

/** One line per step, in the order of starting: name, status, and the attempts at each provider. */
function timeline({ steps }: WorkflowResult): readonly string[] {
  return steps.map(({ name, status, calls }) =>
    [name, status, ...calls.map(({ provider, attempts }) => `${provider}×${attempts}`)].join(' '),
  );
}

async function order(
  workflows: WorkflowEngine,
  title: string,
  payload: { sku: string; quantity: number; customer: string },
) {
  const result = await workflows.executeWorkflow('order-desk', payload);
  console.log(`\n${title}: ${result.status} ${JSON.stringify(result.output ?? result.error?.type)}`);
  for (const line of timeline(result)) console.log(`  ${line}`);
  return result;
}

async function takeOrders(workflows: WorkflowEngine, shop: Shop): Promise<void> {
  const smooth = await order(workflows, 'All is well', { sku: 'pen', quantity: 10, customer: 'Ada' });
  assert.deepEqual(smooth.output, { outcome: 'ordered', total: 18, receipt: 'letter 1' });
  assert.deepEqual(timeline(smooth), [
    'price completed supplier×1',
    'look completed',
    'stock completed shop×1',
    'record completed shop×1',
    'sum completed',
    'decide completed',
    'reserve completed shop×1',
    'tell completed shop×1',
  ]);
  assert.equal(shop.stock.get('pen'), 90);

  shop.supplierOpen = false;
  const fallback = await order(workflows, 'The supplier is closed', { sku: 'pen', quantity: 10, customer: 'Bob' });
  assert.deepEqual(fallback.output, { outcome: 'ordered', total: 25, receipt: 'letter 2' });
  assert.deepEqual(timeline(fallback), [
    'price completed supplier×2 price-list×1',
    'look completed',
    'stock completed shop×1',
    'record failed shop×1',
    'sum completed',
    'decide completed',
    'reserve completed shop×1',
    'tell completed shop×1',
  ]);

  shop.postOpen = false;
  const degraded = await order(workflows, 'So is the post', { sku: 'lamp', quantity: 1, customer: 'Ada' });
  assert.deepEqual(degraded.output, { outcome: 'ordered', total: 31.5, receipt: 'none' });
  assert.deepEqual(timeline(degraded).slice(-2), ['reserve completed shop×1', 'tell degraded shop×1']);
  assert.equal(shop.letters.length, 2);

  const early = await order(workflows, 'Too few lamps', { sku: 'lamp', quantity: 5, customer: 'Ada' });
  assert.deepEqual(early.output, { outcome: 'offer', pieces: 1 });
  assert.deepEqual(timeline(early).slice(-2), ['decide completed', 'offer_rest completed']);
  assert.equal(shop.stock.get('lamp'), 1);

  const refused = await order(workflows, 'No chairs', { sku: 'chair', quantity: 1, customer: 'Ada' });
  assert.equal(refused.status, 'failed');
  assert.equal(refused.error?.type, 'app/sold-out');
  assert.deepEqual(refused.error?.data, { sku: 'chair' });
  assert.deepEqual(timeline(refused).slice(-2), ['decide failed', 'sold_out failed']);
}

void withPrivateServers({
  open: async (env) => ({ orchestrator: await Orchestrator.open({ config: loadConfig(env) }), shop: await openShop() }),
  async tell({ orchestrator, shop }) {
    for (const tool of shop.tools)
      await orchestrator.getToolRegistry().registerTool(tool.metadata.name, tool.metadata.provider, tool);
    const workflows = orchestrator.getWorkflowEngine();
    const { diagnostics } = await workflows.registerWorkflow(definition);
    assert.deepEqual(diagnostics, []);
    await takeOrders(workflows, shop);
  },
  async close({ orchestrator, shop }) {
    await orchestrator.close();
    await shop.close();
  },
});

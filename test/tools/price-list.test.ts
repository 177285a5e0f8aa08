import { expect, test } from '@jest/globals';
import { listedPrice } from '../../src/tools/price-list';
import type { Provider } from '../../src/tools/tool';

const vendor: Provider = { name: 'vendor', title: 'Vendor', variables: [], tools: {} };
const asked = { tool: 'task.create' };

test('the price of a vendor that names none is unknown', () => {
  expect(listedPrice(vendor, asked, {})).toBeUndefined();
});

test('a vendor that is paid by plan costs nothing by the call, unless the settings say otherwise', () => {
  const byPlan: Provider = { ...vendor, byPlan: true };
  expect(listedPrice(byPlan, asked, {})).toEqual({});
  expect(listedPrice(byPlan, asked, { vendor: { 'task.create': { usdPerCall: 0.02 } } })).toEqual({ usdPerCall: 0.02 });
});

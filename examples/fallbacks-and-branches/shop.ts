/** The shop around the definition: a supplier that is asked over HTTP and can be closed, and the tools that know the shop. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RegisteredTool } from '../../src/index';
import { OmniError } from '../../src/index';

export interface Shop {
  /** Whether the supplier's server answers with prices; closed, it answers 503. */
  supplierOpen: boolean;
  /** Whether letters are taken. */
  postOpen: boolean;
  readonly stock: Map<string, number>;
  readonly letters: string[];
  readonly tools: readonly RegisteredTool[];
  close(): Promise<void>;
}

const SUPPLIER_EUR: Readonly<Record<string, number>> = { pen: 2, lamp: 30, chair: 80 };
const LIST_EUR: Readonly<Record<string, number>> = { pen: 2.5, lamp: 35, chair: 90 };
const DISCOUNTS: Readonly<Record<string, number>> = { Ada: 0.1 };

export async function openShop(): Promise<Shop> {
  const supplier = createServer((request, response) => {
    const sku = new URL(request.url ?? '/', 'http://supplier').searchParams.get('sku') ?? '';
    if (!shop.supplierOpen) response.writeHead(503).end();
    else response.end(JSON.stringify({ each: SUPPLIER_EUR[sku] }));
  });
  await new Promise<void>((resolve) => supplier.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(supplier.address() as AddressInfo).port}/`;
  const stock = new Map(Object.entries({ pen: 100, lamp: 2, chair: 0 }));

  const shop: Shop = {
    supplierOpen: true,
    postOpen: true,
    stock,
    letters: [],
    close: () => new Promise((resolve) => void supplier.close(() => resolve())),
    tools: [
      tool('price.quote', 'supplier', async ({ sku }, signal) => {
        const answer = await fetch(`${address}?sku=${sku}`, { signal });
        if (!answer.ok) throw new OmniError('provider-unavailable', `The supplier answers ${answer.status}.`);
        return answer.json();
      }),
      tool('price.quote', 'price-list', ({ sku }) => ({ each: LIST_EUR[sku] })),
      tool('stock.count', 'shop', ({ sku }) => ({ pieces: stock.get(sku) ?? 0 })),
      tool('stock.reserve', 'shop', ({ sku, pieces }) => {
        const left = (stock.get(sku) ?? 0) - pieces;
        stock.set(sku, left);
        return { left };
      }),
      tool('customer.find', 'shop', ({ name }) => {
        const discount = DISCOUNTS[name];
        if (discount === undefined) throw new OmniError('not-found', 'The shop does not know this customer.');
        return { discount };
      }),
      tool('mail.send', 'shop', ({ text }) => {
        if (!shop.postOpen) throw new OmniError('provider-unavailable', 'The post is closed.');
        shop.letters.push(text);
        return { receipt: `letter ${shop.letters.length}` };
      }),
    ],
  };
  return shop;
}

/** What the definition gives to the shop's tools; each reads its part. */
interface Input {
  readonly sku: string;
  readonly pieces: number;
  readonly name: string;
  readonly text: string;
}

function tool(name: string, provider: string, execute: (input: Input, signal: AbortSignal) => unknown): RegisteredTool {
  const [category = '', action = ''] = name.split('.');
  return {
    metadata: {
      name,
      provider,
      category,
      description: `${action} of ${provider}`,
      version: '1.0.0',
      timeout: 5000,
      retryable: true,
      requiresAuth: false,
      scopes: [],
    },
    capabilities: [],
    execute: (input, { signal }) => Promise.resolve().then(() => execute(input as unknown as Input, signal)),
  };
}

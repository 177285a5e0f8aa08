/** The schemas that editors ask for know the tools of this server, those registered while it runs too. */
import Ajv2020 from 'ajv/dist/2020';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Door } from './door';
import { openDoor } from './door';
import { DEFINITIONS, ECHO_CONTRACTS, echoProvider } from './echo-tools';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [echoProvider()], contracts: ECHO_CONTRACTS, definitions: DEFINITIONS });
});
afterAll(() => door.close());

const definition = (input: object): object => ({
  name: 'T',
  version: '1.0.0',
  steps: [{ name: 's', tool: 'late.count', input }],
});

async function takes(input: object): Promise<boolean> {
  const { status, headers, text } = await door.ask('GET', '/schemas/definition.json');
  expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('application/schema+json')]);
  return new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(text) as object)(definition(input));
}

test('a tool that is registered later is in the schema from then on', async () => {
  expect([await takes({ words: 3 }), await takes({ words: 'many' })]).toEqual([true, true]);
  const [contract] = ECHO_CONTRACTS;
  if (contract === undefined) throw new Error('There is no contract to make another from.');
  door.harness.registry.addContract({ ...contract, name: 'late.count', input: z.strictObject({ words: z.int() }) });
  expect([await takes({ words: 3 }), await takes({ words: 'many' })]).toEqual([true, false]);
});

test('scenarios have one too', async () => {
  const { status, body } = await door.ask('GET', '/schemas/scenarios.json');
  expect([status, body.title]).toEqual([200, 'omni-mcp scenarios']);
});

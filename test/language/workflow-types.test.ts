/** Types from one definition to another, where both are known. */
import { expect, test } from '@jest/globals';
import { compileWithCalled } from '../../src/language/compile-with-called';
import { testRegistry } from './registry';

const registry = testRegistry();

const INVOICE = `name: Invoice
version: 1.0.0
trigger: { payload: { orderId: string, amount: number, note?: string } }
steps: [ { name: s, set: { number: "A-1" } } ]
output: { number: "\${vars.number}", amount: "\${trigger.payload.amount}" }
guards: { budget: { maxCost: 0.5 } }
`;

const caller = (step: string, rest = ''): string => `name: Caller\nversion: 1.0.0\nsteps:\n  - ${step}\n${rest}`;

async function compiled(text: string, others: Readonly<Record<string, string>> = { invoice: INVOICE }) {
  return compileWithCalled({ text, file: 'caller.yaml' }, registry, {
    ids: Object.keys(others),
    source: (id) => Promise.resolve(others[id] === undefined ? undefined : { text: others[id], file: `${id}.yaml` }),
  });
}

async function found(text: string, others?: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { diagnostics } = await compiled(text, others);
  return diagnostics
    .filter(({ severity }) => severity !== 'hint')
    .map(
      ({ code, line, column, length, source }) => `${code}@${line}:${source.slice(column - 1, column - 1 + length)}`,
    );
}

test('an input that fits, and an output that is read as it is, are let through', async () => {
  const text = caller(
    '{ name: i, workflow: invoice, input: { orderId: a, amount: 3 } }',
    '  - { name: r, tool: crm.note, provider: local, input: { n: "${steps.i.output.number}" } }\n',
  );
  const { plan } = await compiled(text);
  expect(await found(text)).toEqual([]);
  expect(plan?.steps[0]).toMatchObject({ kind: 'workflow', budget: { maxCostUsd: 0.5 } });
});

test('faults in the input stand where they are', async () => {
  expect(await found(caller('{ name: i, workflow: invoice, input: { orderId: a } }'))).toEqual([
    'missing-input@4:input',
  ]);
  expect(await found(caller('{ name: i, workflow: invoice, input: { orderId: a, amount: many } }'))).toEqual([
    'type-mismatch@4:many',
  ]);
  expect(await found(caller('{ name: i, workflow: invoice, input: { orderId: a, amount: 1, nota: b } }'))).toEqual([
    'unknown-input@4:nota',
  ]);
  expect(await found(caller('{ name: i, workflow: invoice, await: false }'))).toEqual([
    'missing-input@4:workflow',
    'missing-input@4:workflow',
  ]);
});

test('reading what the other does not give is an error, and so is declaring it', async () => {
  const step = '{ name: i, workflow: invoice, input: { orderId: a, amount: 3 } }';
  expect(await found(caller(step, 'output: { n: "${steps.i.output.numbr}" }\n'))).toEqual(['unknown-field@5:numbr']);
  const declaring =
    '{ name: i, workflow: invoice, input: { orderId: a, amount: 3 }, output: { numbr: string, amount: boolean } }';
  expect(await found(caller(declaring))).toEqual(['unknown-output@4:numbr', 'type-mismatch@4:amount']);
});

test('whatever may be returned early is part of the output', async () => {
  const early = INVOICE.replace(
    'steps: [ ',
    'steps: [ { name: e, if: trigger.payload.amount > 9, return: { late: true } }, ',
  );
  const reads = (path: string): Promise<readonly string[]> =>
    found(
      caller(
        '{ name: i, workflow: invoice, input: { orderId: a, amount: 3 } }',
        `output: { n: "\${steps.i.output.${path}}" }\n`,
      ),
      { invoice: early },
    );
  expect(await reads("?number.orValue('')")).toEqual([]);
  expect(await reads('?late.orValue(false)')).toEqual([]);
  expect(await reads('?lates.orValue(false)')).toEqual(['unknown-field@5:lates']);
});

test('a definition that is not there is a warning with the nearest name', async () => {
  const { diagnostics, plan } = await compiled(caller('{ name: i, workflow: invoise }'));
  expect(diagnostics).toMatchObject([{ code: 'unknown-workflow', severity: 'warning', suggestion: 'invoice' }]);
  expect(plan).toBeDefined();
});

test('a circle through other definitions is a warning, and of one with errors no type is known', async () => {
  const others = {
    invoice: 'name: I\nversion: 1.0.0\nsteps: [ { name: n, workflow: note } ]\n',
    note: 'name: N\nversion: 1.0.0\nsteps: [ { name: c, workflow: caller } ]\n',
    broken: 'name: B\nversion: 1.0.0\nsteps: [ { name: c, tool: no.such } ]\n',
  };
  expect(await found(caller('{ name: i, workflow: invoice }'), others)).toEqual(['self-call@4:invoice']);
  expect(
    await found(
      caller('{ name: i, workflow: broken, input: { x: 1 } }', 'output: { n: "${steps.i.output.x}" }\n'),
      others,
    ),
  ).toEqual([]);
});

/** Tools for tests of the language: the coach's, and small ones whose contracts bring out one rule each. */
import { z } from 'zod';
import { compileDefinition } from '../../src/language/compile';
import type { Compiled } from '../../src/language/compile';
import type { DiagnosticCode } from '../../src/language/diagnostic-codes';
import type { Plan } from '../../src/plan/plan';
import { CONTRACTS } from '../../src/tools/contracts';
import { ToolRegistry } from '../../src/tools/registry';
import type { Provider, ProviderTool, ToolContract } from '../../src/tools/tool';

function contract(name: string, facts: Pick<ToolContract, 'input' | 'output'> & Partial<ToolContract>): ToolContract {
  const category = name.split('.')[0] ?? name;
  return {
    name,
    title: name,
    description: name,
    category,
    idempotent: 'natural',
    placement: 'remote',
    timeoutMs: 30_000,
    ...facts,
  };
}

export const TEST_CONTRACTS: readonly ToolContract[] = [
  contract('risk.score', {
    input: z.strictObject({
      text: z.string().optional(),
      amount: z.number().optional(),
      level: z.enum(['low', 'high']).optional(),
    }),
    output: z.object({ risk: z.number(), reasons: z.array(z.string()), note: z.string().optional() }),
    placement: 'local',
    timeoutMs: 2_000,
  }),
  contract('payment.refund', {
    input: z.strictObject({
      orderId: z.string(),
      amount: z.number(),
      parts: z.array(z.object({ cents: z.int() })).optional(),
    }),
    output: z.object({ refundId: z.string() }),
    idempotent: 'none',
    unredacted: 'all',
  }),
  contract('email.send', {
    input: z.strictObject({ to: z.string(), template: z.string().optional() }),
    output: z.object({ id: z.string(), accepted: z.boolean() }),
    idempotent: 'key',
  }),
  contract('crm.note', { input: z.looseObject({}), output: z.looseObject({ noted: z.boolean() }) }),
];

const call: ProviderTool = () => Promise.reject(new Error('the compiler calls no tool'));

const RATE = { usdPerCall: 0.01, date: '2026-11', source: 'https://vendor.example/prices' };

/** All but `acme` say what they cost. */
function provider(name: string, tools: readonly string[]): Provider {
  return {
    name,
    title: name,
    variables: [],
    tools: Object.fromEntries(tools.map((tool) => [tool, call])),
    ...(name === 'acme' || name === 'local' ? {} : { prices: { usual: {}, rates: { '*': RATE } } }),
  };
}

const OWN: ReadonlySet<string> = new Set(TEST_CONTRACTS.map(({ name }) => name));
const BUILT_IN = CONTRACTS.map(({ name }) => name).filter((name) => !OWN.has(name));

export function testRegistry(): ToolRegistry {
  return new ToolRegistry(
    [...CONTRACTS, ...TEST_CONTRACTS],
    [
      provider('local', [...BUILT_IN, 'risk.score', 'crm.note']),
      provider('openrouter', ['stt.transcribe', 'nlu.analyze', 'mt.translate', 'feedback.generate', 'risk.score']),
      provider('stripe', ['payment.refund']),
      provider('postal', ['email.send']),
      provider('acme', ['crm.note', 'risk.score']),
    ],
  );
}

const registry = testRegistry();

export function compileText(text: string, file = 'definitions/test.yaml'): Compiled {
  const schemas = (name: string): { fault: string } => ({ fault: `There is no schema ${name} beside a test.` });
  return compileDefinition({ text, file, schemas }, registry);
}

/** The plan, or a failure that shows what is wrong with the text. */
export function planOf(text: string): Plan {
  const { plan, diagnostics } = compileText(text);
  if (plan === undefined)
    throw new Error(diagnostics.map(({ line, code, message }) => `${line} ${code}: ${message}`).join('\n'));
  return plan;
}

/** `code@line`, in the order of the text. */
export function findingsOf(
  text: string,
  severities: readonly string[] = ['error', 'warning', 'hint'],
): readonly `${DiagnosticCode}@${number}`[] {
  return compileText(text)
    .diagnostics.filter(({ severity }) => severities.includes(severity))
    .map(({ code, line }): `${DiagnosticCode}@${number}` => `${code}@${line}`);
}

/** A definition around steps that begin on line 4. */
export function withSteps(steps: string): string {
  return `name: Test\nversion: 1.0.0\nsteps:\n${steps}`;
}

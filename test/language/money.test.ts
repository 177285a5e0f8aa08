import { describe, expect, test } from '@jest/globals';
import { pricesOf, refuseUnpriced } from '../../src/language/plan-prices';
import { PRIVATE_ENOUGH } from './faults-money';
import { findingsOf, planOf, testRegistry } from './registry';

describe('personal data are not reported when', () => {
  test.each(PRIVATE_ENOUGH)('%s', (_, text) => {
    expect(findingsOf(text).filter((found) => found.startsWith('personal-data'))).toEqual([]);
  });
});

describe('prices of a plan', () => {
  const text = (rest: string, guards = 'maxCost: 1'): string =>
    `name: T\nversion: 1.0.0\nguards: { budget: { ${guards} } }\nsteps:\n${rest}`;
  const registry = testRegistry();

  test('are those of the providers that it may call, by tool and model', () => {
    const plan = planOf(
      text('  - { name: s, tool: risk.score, provider: openrouter, config: { model: big, fallback: local } }\n'),
    );
    expect(pricesOf(plan, registry)).toEqual({
      openrouter: { 'risk.score': { '*': { usdPerCall: 0.01 }, big: { usdPerCall: 0.01 } } },
      local: { 'risk.score': { '*': {}, big: {} } },
    });
  });

  test('are asked of handlers and loops too, not of compensations and finally, which may always spend', () => {
    const acme = '{ name: x, tool: risk.score, provider: acme }';
    const refused = (steps: string): (() => void) => {
      const plan = planOf(text(steps));
      return () => refuseUnpriced(plan, pricesOf(plan, registry));
    };
    expect(refused(`  - { name: a, set: { b: 1 }, onError: [ { steps: [ ${acme} ] } ] }\n`)).toThrow(
      'x calls risk.score of acme',
    );
    expect(refused(`  - { name: a, forEach: "\${[1]}", steps: [ ${acme} ] }\n`)).toThrow('prices.acme["risk.score"]');
    expect(
      refused('  - { name: a, tool: risk.score, provider: local, compensate: { tool: crm.note } }\n'),
    ).not.toThrow();
    expect(refused(`  - { name: a, set: { b: 1 } }\nfinally: [ ${acme} ]\n`)).not.toThrow();
  });

  test('of a model that an expression chooses are looked at when it is called', () => {
    const plan = planOf(
      text(
        "  - { name: s, tool: risk.score, provider: acme, config: { model: \"${flags.BIG ? 'big' : 'small'}\" } }\n",
      ),
    );
    expect(() => refuseUnpriced(plan, {})).not.toThrow();
    expect(plan.steps[0]).toMatchObject({
      chain: [{ config: { kind: 'object', fields: { model: { kind: 'expression' } } } }],
    });
  });
});

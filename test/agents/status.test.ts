/** The status of an agent, out of heartbeat, slots and what somebody has set. */
import { describe, expect, test } from '@jest/globals';
import type { AgentPulse, SetStatus } from '../../src/agents/agent';
import { AGENT_LIFE_MS, statusOf } from '../../src/agents/status';
import { agent, ago, ahead, NOW } from './ground';

describe('what heartbeat and slots say', () => {
  test.each<[string, Partial<AgentPulse & { readonly seenAt: Date }> | false]>([
    ['offline', false],
    ['offline', { seenAt: ago(AGENT_LIFE_MS + 1) }],
    ['offline', { seenAt: ago(AGENT_LIFE_MS + 1), draining: true }],
    ['idle', { seenAt: ago(AGENT_LIFE_MS) }],
    ['working', { inFlight: 1 }],
    ['busy', { inFlight: 2 }],
    ['busy', { inFlight: 3 }],
    ['draining', { inFlight: 2, draining: true }],
  ])('%s: %j', (status, heard) => {
    expect(statusOf(agent({ heard, maxConcurrency: 2 }), NOW)).toEqual({ status, derived: status });
  });
});

describe('what somebody has set', () => {
  const set = (status: SetStatus, until = ahead(1)) => ({ override: { status, metadata: {}, by: 'ada', until } });

  test.each<[SetStatus, string]>([
    ['busy', 'busy'],
    ['paused', 'paused'],
    ['draining', 'draining'],
    ['offline', 'offline'],
  ])('%s stands before a derived status that says less, which is shown beside', (status, counts) => {
    const found = statusOf(agent({ heard: { inFlight: 1 }, maxConcurrency: 2, ...set(status) }), NOW);
    expect(found).toEqual({ status: counts, derived: 'working', ...set(status) });
  });

  test('nobody makes an agent run that does not', () => {
    expect(statusOf(agent({ heard: false, ...set('busy') }), NOW)).toMatchObject({
      status: 'offline',
      derived: 'offline',
      override: { status: 'busy' },
    });
  });

  test('is over when its time is', () => {
    expect(statusOf(agent(set('paused', NOW)), NOW)).toEqual({ status: 'idle', derived: 'idle' });
  });
});

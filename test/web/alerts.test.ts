import { describe, expect, test } from '@jest/globals';
import { draftOf, NEW_RULE, ruleOf, slug } from '../../web/alerts/rule';
import { deedsText, figuresText, inOrder } from '../../web/alerts/standing';
import type { Alert, AlertEvent } from '../../web/shapes';

const alert = (given: Partial<Alert> = {}): Alert => ({
  id: 'a',
  name: 'a',
  condition: 'calls > 5',
  severity: 'medium',
  enabled: true,
  duration: 300,
  actions: ['log'],
  metadata: {},
  builtIn: false,
  state: 'ok',
  links: { self: '', silence: '', history: '' },
  ...given,
});

test('what fires stands first, the worse before the better, what is off last', () => {
  const all = [
    alert({ name: 'off', enabled: false, state: 'firing', severity: 'critical' }),
    alert({ name: 'fine' }),
    alert({ name: 'b-low', state: 'firing', severity: 'low' }),
    alert({ name: 'soon', state: 'pending', severity: 'critical' }),
    alert({ name: 'c-high', state: 'firing', severity: 'high' }),
    alert({ name: 'a-high', state: 'firing', severity: 'high' }),
  ];
  expect(inOrder(all).map(({ name }) => name)).toEqual(['a-high', 'c-high', 'b-low', 'soon', 'fine', 'off']);
});

test('figures are told with the digits that tell', () => {
  expect(figuresText({ error_rate: 42.857142, executions: 12_000 })).toBe('error_rate 42.9, executions 12.0 k');
  expect(figuresText(undefined)).toBe('');
});

describe('what was done when an alert changed', () => {
  const event = (given: Partial<AlertEvent['event']>, delivery?: AlertEvent['delivery']) =>
    deedsText({
      seq: '1',
      id: 'a',
      at: '2026-01-01T00:00:00Z',
      event: { state: 'firing', from: 'pending', figures: {}, actions: ['log', 'webhook'], since: '', ...given },
      ...(delivery && { delivery }),
    });

  test('says who was told, and that a silence kept it back', () => {
    expect(event({})).toBe('told by log, webhook');
    expect(event({ silenced: true, actions: [] })).toBe('silenced');
    expect(event({ reason: 'no-data', actions: [] })).toBe('there was nothing to read');
  });

  test('says what was not done, and how the telling goes', () => {
    expect(event({ actions: ['log'], unsent: 'ALERT_WEBHOOK_URL is not set' })).toBe(
      'told by log; ALERT_WEBHOOK_URL is not set',
    );
    expect(event({}, { tries: 0 })).toMatch(/; under way$/);
    expect(event({}, { tries: 1, settledAt: '2026-01-01T00:00:01Z' })).toBe('told by log, webhook');
    expect(event({}, { tries: 2, lastError: '500' })).toMatch(/; tried again after 2: 500$/);
    expect(event({}, { tries: 9, settledAt: 'x', lastError: '500' })).toMatch(/; given up after 9: 500$/);
  });
});

describe('a rule in a form', () => {
  test('comes back as it was', () => {
    const kept = alert({ description: 'why', threshold: 0.5, metadata: { team: 'x' }, actions: ['notify'] });
    const { id, name, condition, severity, enabled, duration, metadata } = kept;
    expect(ruleOf(draftOf(kept), { id, metadata })).toEqual({
      ...{ id, name, condition, severity, enabled, duration, metadata },
      ...{ description: 'why', threshold: 0.5, actions: ['notify'] },
    });
  });

  test('leaves out what is empty', () => {
    const rule = ruleOf({ ...NEW_RULE, name: 'n', condition: 'calls > 1' }, { id: 'n', metadata: {} });
    expect(Object.keys(rule)).not.toContain('threshold');
    expect(Object.keys(rule)).not.toContain('description');
  });

  test('has an id out of its name', () => {
    expect(['High error rate!', '  Überlast – jetzt ', '???'].map(slug)).toEqual([
      'high-error-rate',
      'uberlast-jetzt',
      '',
    ]);
  });
});

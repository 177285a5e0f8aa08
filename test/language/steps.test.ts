/** What the steps that loop, wait, execute others and undo become, and what can be read of them. */
import { describe, expect, test } from '@jest/globals';
import { stepSnippets } from '../../src/language/step-snippets';
import type { Step } from '../../src/plan/plan';
import { compileText, findingsOf, planOf, withSteps } from './registry';

const head = 'name: T\nversion: 1.0.0\ntrigger: { payload: { ids: "string[]", at: string, n?: number } }\nsteps:\n';
const stepsOf = (text: string): readonly Step[] => planOf(head + text).steps;
const errorsOf = (text: string): readonly string[] => findingsOf(head + text, ['error', 'warning']);
const SCORE = (name: string, more = ''): string => `{ name: ${name}, tool: risk.score, provider: local${more} }`;

describe('forEach', () => {
  test('has defaults for what is not written', () => {
    expect(
      stepsOf(
        `  - { name: all, forEach: trigger.payload.ids, steps: [ ${SCORE('one', ', input: { text: "${item}" }')} ] }\n`,
      ),
    ).toMatchObject([
      {
        kind: 'forEach',
        list: 'trigger.payload.ids',
        as: 'item',
        concurrency: 10,
        join: 'all',
        onItemError: 'fail',
        steps: [{ name: 'one' }],
      },
    ]);
  });

  test('keeps what is written', () => {
    const text = `  - name: all
    forEach: "\${trigger.payload.ids}"
    as: id
    concurrency: 200
    join: any
    onItemError: continue
    timeout: 1h
    collect: "\${{'id': id, 'place': index, 'risk': steps.one.output.risk}}"
    steps: [ ${SCORE('one', ', input: { text: "${id}", amount: "${index}" }')} ]
  - { name: r, return: "\${steps.all.output.filter(o, has(o.error)).size() + steps.all.output[0].?risk.orValue(0)}" }
`;
    expect(stepsOf(text)[0]).toMatchObject({
      as: 'id',
      concurrency: 200,
      join: 1,
      onItemError: 'continue',
      timeoutMs: 3_600_000,
      collect: "{'id': id, 'place': index, 'risk': steps.one.output.risk}",
    });
  });

  test.each<[string, string, readonly string[]]>([
    [
      'the output is a list of the last outputs',
      `  - { name: all, forEach: trigger.payload.ids, steps: [ ${SCORE('one')} ] }\n  - { name: r, return: "\${steps.all.output[0].risk + 1}" }\n`,
      [],
    ],
    [
      'of collected values',
      `  - { name: all, forEach: trigger.payload.ids, collect: item, steps: [ ${SCORE('one')} ] }\n  - { name: r, return: "\${steps.all.output[0].startsWith('a')}" }\n`,
      [],
    ],
    [
      'a place may hold an error',
      `  - { name: all, onItemError: continue, forEach: trigger.payload.ids, steps: [ ${SCORE('one')} ] }\n  - { name: r, return: "\${steps.all.output[0].risk}" }\n`,
      ['maybe-absent@6'],
    ],
    [
      'loops in loops see the items of both',
      `  - { name: all, forEach: trigger.payload.ids, steps: [ { name: inner, forEach: "[item]", as: part, steps: [ ${SCORE('one', ', input: { text: "${item + part}" }')} ] } ] }\n`,
      [],
    ],
    [
      'a variable can be summed up one item at a time',
      `  - { name: a, set: { sum: 0 } }\n  - { name: all, forEach: trigger.payload.ids, concurrency: 1, steps: [ { name: b, set: { sum: "\${vars.sum + 1}" } } ] }\n  - { name: r, return: "\${vars.sum}" }\n`,
      [],
    ],
  ])('%s', (_, text, found) => {
    expect(errorsOf(text)).toEqual(found);
  });
});

describe('repeat', () => {
  test('keeps what ends it', () => {
    const text = `  - name: poll
    repeat: { while: "\${!has(steps.ask.output) || steps.ask.output.risk > 0.5}", until: "\${steps.ask.output.risk < 0.1}", max: 20, every: 5s }
    timeout: 1h
    steps: [ ${SCORE('ask', ', input: { amount: "${index}" }')} ]
`;
    expect(stepsOf(text)).toMatchObject([
      {
        kind: 'repeat',
        while: '!has(steps.ask.output) || steps.ask.output.risk > 0.5',
        until: 'steps.ask.output.risk < 0.1',
        max: 20,
        everyMs: 5_000,
        timeoutMs: 3_600_000,
      },
    ]);
  });

  test.each<[string, string, readonly string[]]>([
    [
      'the output is the last',
      `  - { name: poll, repeat: { max: 3 }, steps: [ ${SCORE('ask')} ] }\n  - { name: r, return: "\${steps.poll.output.risk}" }\n`,
      [],
    ],
    [
      'with while there may be none',
      `  - { name: poll, repeat: { while: trigger.context.a }, steps: [ ${SCORE('ask')} ] }\n  - { name: r, return: "\${steps.poll.output.risk}" }\n`,
      ['maybe-absent@6'],
    ],
    [
      'while sees a former round, if there was one',
      `  - { name: poll, repeat: { while: steps.ask.output.risk > 1 }, steps: [ ${SCORE('ask')} ] }\n`,
      ['maybe-absent@5'],
    ],
    [
      'a variable of a former round can be asked for',
      `  - { name: poll, repeat: { until: "vars.cursor == ''" }, steps: [ ${SCORE('ask', ', input: { text: "${vars.?cursor.orValue(\'\')}" }')}, { name: s, set: { cursor: "\${steps.ask.output.reasons[0]}" } } ] }\n`,
      [],
    ],
    [
      'a variable keeps its kind',
      `  - { name: a, set: { v: 1 } }\n  - { name: poll, repeat: { max: 2 }, steps: [ { name: b, set: { v: "x \${vars.v}" } } ] }\n`,
      ['type-mismatch@6'],
    ],
    [
      'what a loop without while returns, nothing follows',
      '  - { name: poll, repeat: { max: 2 }, steps: [ { name: r, return: 1 } ] }\n  - { name: s, fail: { type: x } }\n',
      ['unreachable-step@6'],
    ],
  ])('%s', (_, text, found) => {
    expect(errorsOf(text)).toEqual(found);
  });
});

describe('wait', () => {
  test('lasts a time or until a time, and says when it woke', () => {
    const text = `  - { name: a, wait: 10s }\n  - { name: b, wait: { until: trigger.payload.at } }\n  - { name: c, wait: { until: "\${timestamp(steps.a.output) + duration('1h')}" } }\n`;
    expect(stepsOf(text)).toEqual([
      { kind: 'wait', name: 'a', forMs: 10_000 },
      { kind: 'wait', name: 'b', until: 'trigger.payload.at' },
      { kind: 'wait', name: 'c', until: "timestamp(steps.a.output) + duration('1h')" },
    ]);
  });
});

describe('waitFor', () => {
  test('keeps the form as a closed schema, reminders and handlers', () => {
    const text = `  - name: review
    waitFor:
      signal: decision
      from: [reviewer, lead]
      form: { approved: boolean, comment?: string }
      timeout: 24h
      onTimeout:
        - { when: "error.type == 'timeout'", continue: true }
        - steps: [ ${SCORE('late')} ]
      reminders:
        - { every: 4h, steps: [ ${SCORE('nudge')} ] }
        - { after: 8h, to: [boss] }
`;
    expect(stepsOf(text)).toMatchObject([
      {
        kind: 'waitFor',
        signal: 'decision',
        from: ['reviewer', 'lead'],
        form: {
          type: 'object',
          properties: { approved: { type: 'boolean' }, comment: { type: 'string' } },
          required: ['approved'],
          additionalProperties: false,
        },
        timeoutMs: 86_400_000,
        onTimeout: [{ when: "error.type == 'timeout'", continue: true }, { steps: [{ name: 'late' }] }],
        reminders: [
          { everyMs: 14_400_000, to: [], steps: [{ name: 'nudge' }] },
          { afterMs: 28_800_000, to: ['boss'], steps: [] },
        ],
      },
    ]);
  });

  test('the least of it', () => {
    expect(stepsOf('  - { name: a, waitFor: { signal: go } }\n')).toEqual([
      { kind: 'waitFor', name: 'a', signal: 'go', from: [], form: {}, reminders: [] },
    ]);
  });

  test.each<[string, string, readonly string[]]>([
    [
      'the output is the form, by whom and when',
      '  - { name: a, waitFor: { signal: go, form: { ok: boolean } } }\n  - { name: r, if: steps.a.output.ok, return: "${steps.a.output.by + steps.a.output.at}" }\n',
      [],
    ],
    [
      'the form has no other field',
      '  - { name: a, waitFor: { signal: go, form: { ok: boolean } } }\n  - { name: r, return: "${steps.a.output.okay}" }\n',
      ['unknown-field@6'],
    ],
    [
      'without a form anything can be read',
      '  - { name: a, waitFor: { signal: go } }\n  - { name: r, return: "${steps.a.output.what}" }\n',
      [],
    ],
    [
      'it may go on without an answer',
      '  - { name: a, waitFor: { signal: go, form: { ok: boolean }, timeout: 1h, onTimeout: continue } }\n  - { name: r, return: "${steps.a.output.ok}" }\n',
      ['maybe-absent@6'],
    ],
    [
      'fail is what holds without onTimeout',
      '  - { name: a, waitFor: { signal: go, form: { ok: boolean }, timeout: 1h, onTimeout: fail } }\n  - { name: r, return: "${steps.a.output.ok}" }\n',
      [],
    ],
    [
      'steps may answer instead',
      '  - { name: a, waitFor: { signal: go, form: { ok: boolean }, timeout: 1h, onTimeout: [ { name: b, set: { ok: false } } ] } }\n  - { name: r, return: "${steps.a.output.ok}" }\n',
      [],
    ],
  ])('%s', (_, text, found) => {
    expect(errorsOf(text)).toEqual(found);
  });
});

describe('workflow', () => {
  test('executes another definition', () => {
    const text = `  - { name: a, workflow: other-one, input: { ids: "\${trigger.payload.ids}" }, output: { total: number }, timeout: 1h }\n  - { name: b, workflow: other-one, await: false }\n  - { name: r, return: "\${string(steps.a.output.total + 1) + steps.b.output}" }\n`;
    expect(stepsOf(text)).toMatchObject([
      {
        kind: 'workflow',
        workflow: 'other-one',
        await: true,
        output: { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] },
        timeoutMs: 3_600_000,
        input: { kind: 'object' },
      },
      { kind: 'workflow', workflow: 'other-one', await: false, input: { kind: 'literal', value: {} } },
      { kind: 'return' },
    ]);
  });

  test('a definition that calls itself is told so', () => {
    expect(errorsOf('  - { name: a, workflow: test }\n')).toEqual(['self-call@5']);
  });
});

describe('compensate', () => {
  test('becomes a tool step', () => {
    const text = `  - ${SCORE('a', ', compensate: { tool: crm.note, if: "error.type != \'cancelled\'", timeout: 5s, retry: { maxAttempts: 7 }, input: { risk: "${steps.a.output.risk}", why: "${error.detail}" } }')}\n`;
    expect(stepsOf(text)[0]?.compensate).toMatchObject({
      kind: 'tool',
      name: 'compensate',
      tool: 'crm.note',
      if: "error.type != 'cancelled'",
      retry: [{ maxAttempts: 7 }],
      chain: [{ provider: 'local', timeoutMs: 5_000 }, { provider: 'acme' }],
    });
  });

  test.each<[string, string, readonly string[]]>([
    [
      'undoes a list of steps',
      `  - { name: g, steps: [ ${SCORE('a')} ], compensate: { tool: crm.note, input: { r: "\${steps.a.output.risk}" } } }\n`,
      ['no-budget@4'],
    ],
    [
      'knows the output of a step that has completed',
      `  - ${SCORE('a', ', if: trigger.context.x, onError: continue, compensate: { tool: crm.note, input: { r: "${steps.a.output.risk}" } }')}\n`,
      ['no-budget@4'],
    ],
    [
      'sees the item of its loop',
      `  - { name: all, forEach: trigger.payload.ids, steps: [ ${SCORE('a', ', compensate: { tool: crm.note, input: { r: "${item}" } }')} ] }\n`,
      ['no-budget@4'],
    ],
  ])('%s', (_, text, found) => {
    expect(errorsOf(text)).toEqual(found);
  });
});

test('finally sees every step and the outcome', () => {
  const text = `${head}  - ${SCORE('a')}\nfinally:\n  - { name: log, tool: crm.note, provider: local, input: { how: "\${execution.status}", a: "\${steps.a.status}", risk: "\${steps.a.?output.?risk.orValue(0)}" } }\n`;
  expect(findingsOf(text)).toEqual([]);
  expect(planOf(text).finally).toMatchObject([{ kind: 'tool', name: 'log' }]);
  expect(compileText(withSteps('  - { name: s, fail: { type: x } }\n')).plan).not.toHaveProperty('finally');
});

describe('a group of steps', () => {
  const TWO = `steps: [ ${SCORE('one')}, ${SCORE('two')} ]`;

  test('holds all of its steps, whatever the last one gives', () => {
    const inner = [
      { kind: 'tool', name: 'one' },
      { kind: 'tool', name: 'two' },
    ];
    expect(stepsOf(`  - { name: g, ${TWO}, timeout: 1m }\n`)).toMatchObject([
      { kind: 'steps', name: 'g', timeoutMs: 60_000, steps: inner },
    ]);
    expect(stepsOf(`  - { name: g, ${TWO}, onError: continue }\n`)).toMatchObject([
      { kind: 'steps', name: 'g', steps: inner, onError: [{ continue: true }] },
    ]);
  });

  test('holds its steps in a branch, a loop and a handler', () => {
    const within = (text: string): string => JSON.stringify(stepsOf(text));
    for (const text of [
      `  - { name: p, parallel: { g: { ${TWO} } } }\n`,
      `  - { name: l, repeat: { max: 2 }, steps: [ { name: g, ${TWO} } ] }\n`,
      `  - ${SCORE('s', `, onError: [ { name: g, ${TWO} } ]`)}\n`,
    ])
      expect([within(text).includes('"name":"one"'), within(text).includes('"name":"two"')]).toEqual([true, true]);
  });
});

test.each(stepSnippets().map(({ label, body }) => [label.replace(/ step$/, ''), body] as const))(
  '%s is compiled to a step of its kind, under its name',
  (label, body) => {
    const text = JSON.stringify(body)
      .replace(/\$\{\d+:([^}]*)\}/g, '$1')
      .replaceAll('category.action', 'crm.note');
    const kind = label === 'group of steps' ? 'steps' : label.replace(' with a goal', '');
    expect(stepsOf(`  - ${text}\n`)).toMatchObject([{ kind, name: 'step' }]);
  },
);

describe('a tool whose input decides whether it may be repeated', () => {
  const request = (input: string, more = ''): string =>
    `${head}  - { name: ask, tool: http.request, provider: local, input: { url: "https://a.example"${input} }${more} }\n`;
  const repeats = (input: string): unknown => {
    const [step] = planOf(request(input)).steps;
    return step?.kind === 'tool' ? [step.idempotent, step.retry.map(({ maxAttempts }) => maxAttempts)] : step;
  };

  test('is repeated by what is written, and tried once when that is only known later', () => {
    expect(repeats('')).toEqual(['natural', [3]]);
    expect(repeats(', method: GET, text: "${trigger.payload.at}"')).toEqual(['natural', [3]]);
    expect(repeats(', method: POST')).toEqual(['none', [1]]);
    expect(repeats(", method: \"${trigger.payload.at == 'x' ? 'PUT' : 'POST'}\"")).toEqual(['none', [1]]);
  });

  test('refuses a retry where it is tried once', () => {
    const retry = ', retry: { maxAttempts: 2 }';
    expect(findingsOf(request(', method: GET', retry), ['error'])).toEqual([]);
    expect(findingsOf(request(', method: POST', retry), ['error'])).toEqual(['retry-not-idempotent@5']);
  });
});

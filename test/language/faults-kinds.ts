/** Faults in loops, waits, executions of other definitions, compensations and `finally`. */
import type { FaultyDefinition } from './faulty';
import { faulty, paid, SCORE, steps } from './faulty';

/** A step of a name, with more keys. */
const call = (name: string, more = ''): string => `{ name: ${name}, tool: risk.score, provider: local${more} }`;
/** A loop over an unknown list in line 4. */
const each = (more: string, inner = call('one')): string =>
  `  - { name: all, forEach: trigger.context.list${more}, steps: [ ${inner} ] }\n`;
const rounds = (keys: string, inner = call('one')): string =>
  `  - { name: poll, repeat: { ${keys} }, steps: [ ${inner} ] }\n`;
const answer = (more: string): string => `  - { name: ask, waitFor: { signal: go${more} } }\n`;
const child = (more: string): string => `  - { name: other, workflow: another${more} }\n`;
const undone = (compensate: string): string => `  - ${call('a', `, compensate: ${compensate}`)}\n`;
const ending = (last: string): string => `name: T\nversion: 1.0.0\nsteps: [ ${call('a')} ]\nfinally:\n  - ${last}\n`;
const read = (expression: string): string => `  - { name: reader, return: "\${${expression}}" }\n`;

const FOR_EACH: readonly FaultyDefinition[] = [
  steps('a loop without steps', '  - { name: all, forEach: trigger.context.list }\n', 'missing-key@4:name'),
  steps('a loop over no steps', '  - { name: all, forEach: trigger.context.list, steps: [] }\n', 'wrong-shape@4:[]'),
  steps(
    'a loop over a literal list',
    `  - { name: all, forEach: [1, 2], steps: [ ${call('one')} ] }\n`,
    'wrong-shape@4:[1, 2]',
  ),
  steps(
    'a loop over a text',
    `  - { name: all, forEach: execution.id, steps: [ ${call('one')} ] }\n`,
    'type-mismatch@4:execution.id',
  ),
  steps(
    'a loop over what may be absent',
    `${SCORE}  - { name: all, forEach: steps.?score.?output.?reasons, steps: [ ${call('one')} ] }\n`,
    'maybe-absent@5:steps.?score.?output.?reasons',
  ),
  steps(
    'a loop over an unknown list',
    `  - { name: all, forEach: triger.list, steps: [ ${call('one')} ] }\n`,
    'unknown-root@4:triger',
  ),
  steps('no item at once', each(', concurrency: 0'), 'out-of-range@4:0'),
  steps('too many items at once', each(', concurrency: 201'), 'out-of-range@4:201'),
  steps('half an item at once', each(', concurrency: 1.5'), 'out-of-range@4:1.5'),
  steps('a concurrency in words', each(', concurrency: many'), 'wrong-shape@4:many'),
  steps('an item with the name of a root', each(', as: steps'), 'hidden-root@4:steps'),
  steps('an item called index', each(', as: index'), 'hidden-root@4:index'),
  steps('an item called error', each(', as: error'), 'hidden-root@4:error'),
  steps(
    'an item that hides that of the loop around it',
    each('', `{ name: inner, forEach: item, steps: [ ${call('one')} ] }`),
    'hidden-root@4:forEach',
  ),
  steps('an item called prototype', each(', as: prototype'), 'reserved-name@4:prototype'),
  steps('an item with a word of the expressions', each(', as: in'), 'reserved-name@4:in'),
  steps('an item with a hyphen', each(', as: the-order'), 'invalid-name@4:the-order'),
  steps('a join of no item', each(', join: 0'), 'invalid-join@4:0'),
  steps(
    'a join of more items than there are',
    `  - { name: all, forEach: "[1, 2]", join: 3, steps: [ ${call('one')} ] }\n`,
    'invalid-join@4:3',
  ),
  steps('a join in another word', each(', join: most'), 'invalid-join@4:most'),
  steps('an unknown way to take errors', each(', onItemError: ignore'), 'wrong-shape@4:ignore'),
  steps(
    'a result that may be absent',
    each(', collect: steps.?one.?output.?note'),
    'maybe-absent@4:steps.?one.?output.?note',
  ),
  steps('a result of a step that does not exist', each(', collect: steps.oen.output'), 'unknown-step@4:oen'),
  steps('a misspelt key of a loop', each(', concurency: 3'), 'unknown-key@4:concurency'),
  steps('a variable that items set at once', each('', '{ name: s, set: { v: "${item}" } }'), 'concurrent-set@4:set'),
  steps(
    'a variable that items of an outer loop set at once',
    each('', `{ name: inner, repeat: { max: 2 }, steps: [ { name: s, set: { v: "\${item}" } } ] }`),
    'concurrent-set@4:set',
  ),
  steps('a step of a loop, read from outside', `${each('')}${read('steps.one.output.risk')}`, 'inside-loop@5:one'),
  steps(
    'the status of a step of a loop, read from outside',
    `${each('')}${read('steps.one.status')}`,
    'inside-loop@5:one',
  ),
  steps(
    'a field of a result that is not there',
    `${each('')}${read('steps.all.output[0].risky')}`,
    'unknown-field@5:risky',
  ),
  steps(
    'a result of an item that may have failed',
    `${each(', onItemError: continue')}${read('steps.all.output[0].risk')}`,
    'maybe-absent@5:steps.all.output[0].risk',
  ),
  steps('an item outside of loops', read('item.id'), 'unknown-root@4:item'),
  steps('a position outside of loops', read('index'), 'unknown-root@4:index'),
  steps(
    'a field that the item does not have',
    `${SCORE}  - { name: all, forEach: steps.score.output.reasons, steps: [ ${call('one', ', input: { text: "${item.text}" }')} ] }\n`,
    'type-mismatch@5:text',
  ),
  steps(
    'an item of the wrong type',
    `${SCORE}  - { name: all, forEach: steps.score.output.reasons, steps: [ ${call('one', ', input: { amount: "${item}" }')} ] }\n`,
    'type-mismatch@5:item',
  ),
];

const REPEAT: readonly FaultyDefinition[] = [
  steps('a repeat that nothing ends', rounds('every: 5s'), 'endless-repeat@4:every'),
  steps('a repeat without words', rounds(''), 'endless-repeat@4'),
  steps('a repeat as a number', `  - { name: poll, repeat: 3, steps: [ ${call('one')} ] }\n`, 'wrong-shape@4:3'),
  steps('no rounds', rounds('max: 0'), 'out-of-range@4:0'),
  steps('half a round', rounds('max: 2.5'), 'out-of-range@4:2.5'),
  steps('a pause without a unit', rounds('max: 2, every: often'), 'invalid-duration@4:often'),
  steps('an end that is a number', rounds('until: steps.one.output.risk'), 'type-mismatch@4:steps.one.output.risk'),
  steps('an end that never comes', rounds('until: 1 > 2'), 'constant-condition@4:1 > 2'),
  steps('a former round without a guard', rounds('while: steps.one.output.risk > 1'), 'maybe-absent@4:output'),
  steps('a misspelt word of repeat', rounds('untill: index > 2, max: 9'), 'unknown-key@4:untill'),
  steps(
    'a variable of another type in the next round',
    `  - { name: s, set: { v: 1 } }\n${rounds('max: 2', '{ name: t, set: { v: "x${vars.v}" } }')}`,
    'type-mismatch@5:v',
  ),
  steps(
    'a step after rounds that always return',
    `${rounds('max: 2', '{ name: r, return: 1 }')}  - { name: s, fail: { type: x } }\n`,
    'unreachable-step@5:name',
  ),
  steps(
    'a later step of the round',
    rounds('max: 2', `${call('a', ', if: "steps.b.status == \'failed\'"')}, ${call('b')}`),
    'step-not-yet-run@4:b',
  ),
  steps(
    'the output of rounds that there may not be',
    `${rounds('while: trigger.context.a')}${read('steps.poll.output.risk')}`,
    'maybe-absent@5:output',
  ),
  steps(
    'a repeat with a switch',
    `  - { name: poll, repeat: { max: 2 }, switch: [ { default: [ ${call('a')} ] } ], steps: [ ${call('b')} ] }\n`,
    'two-kinds@4:switch',
  ),
];

const WAITS: readonly FaultyDefinition[] = [
  steps('a wait without a duration', '  - { name: w, wait: soon }\n', 'invalid-duration@4:soon'),
  steps('a wait of more than a year', '  - { name: w, wait: 366d }\n', 'invalid-duration@4:366d'),
  steps('a duration that is computed', '  - { name: w, wait: "${execution.id}" }\n', 'invalid-duration@4'),
  steps('a wait until nothing', '  - { name: w, wait: {} }\n', 'missing-key@4'),
  steps('a wait until a number', '  - { name: w, wait: { until: 1 + 2 } }\n', 'type-mismatch@4:1 + 2'),
  steps('a wait until a word', `  - { name: w, wait: { until: "'tomorrow'" } }\n`, "type-mismatch@4:'tomorrow'"),
  steps(
    'a wait until what may be absent',
    '  - { name: w, wait: { until: execution.remaining.ms } }\n',
    'maybe-absent@4:execution.remaining.ms',
  ),
  steps('a wait with a timeout', '  - { name: w, wait: 10s, timeout: 20s }\n', 'unknown-key@4:timeout'),
  steps(
    'a wait longer than the group',
    '  - { name: g, timeout: 1m, steps: [ { name: w, wait: 2m } ] }\n',
    'wait-too-long@4:2m',
  ),
  steps(
    'a wait longer than the timeout two levels above',
    '  - { name: g, timeout: 1m, steps: [ { name: h, timeout: 1h, steps: [ { name: w, wait: 2m } ] } ] }\n',
    'wait-too-long@4:2m',
  ),
  steps(
    'a pause longer than the loop',
    `  - { name: poll, timeout: 1m, repeat: { max: 3, every: 2m }, steps: [ ${call('one')} ] }\n`,
    'wait-too-long@4:2m',
  ),
  steps('an answer without a signal', '  - { name: ask, waitFor: { timeout: 1h } }\n', 'missing-key@4:timeout'),
  steps('a signal with a blank', '  - { name: ask, waitFor: { signal: go on } }\n', 'invalid-name@4:go on'),
  steps('a signal of ours', '  - { name: ask, waitFor: { signal: __stack_trace } }\n', 'invalid-name@4:__stack_trace'),
  steps(
    'a signal called constructor',
    '  - { name: ask, waitFor: { signal: constructor } }\n',
    'reserved-name@4:constructor',
  ),
  steps(
    'a signal that is an expression',
    '  - { name: ask, waitFor: { signal: "${execution.id}" } }\n',
    'wrong-shape@4',
  ),
  steps('one role that is no list', answer(', from: lead'), 'wrong-shape@4:lead'),
  steps('no roles', answer(', from: []'), 'wrong-shape@4:[]'),
  steps('a role with a blank', answer(', from: [team lead]'), 'invalid-name@4:team lead'),
  steps('a form with an unknown type', answer(', form: { ok: bool }'), 'unknown-type@4:bool'),
  steps('a form with a field of the answer', answer(', form: { by: string }'), 'reserved-name@4:by'),
  steps('a form that is a list', answer(', form: [ok]'), 'wrong-shape@4:[ok]'),
  steps(
    'a field that the form does not have',
    `${answer(', form: { ok: boolean }')}${read('steps.ask.output.okay')}`,
    'unknown-field@5:okay',
  ),
  steps(
    'an answer that may not have come',
    `${answer(', form: { ok: boolean }, timeout: 1h, onTimeout: continue')}${read('steps.ask.output.ok')}`,
    'maybe-absent@5:output',
  ),
  steps('onTimeout without a timeout', answer(', onTimeout: continue'), 'unreachable-case@4:onTimeout'),
  steps('onTimeout in another word', answer(', timeout: 1h, onTimeout: retry'), 'wrong-shape@4:retry'),
  steps(
    'an answer that comes too late for the group',
    '  - { name: g, timeout: 1m, steps: [ { name: ask, waitFor: { signal: go, timeout: 2m } } ] }\n',
    'wait-too-long@4:2m',
  ),
  steps('no reminders', answer(', reminders: []'), 'wrong-shape@4:[]'),
  steps('a reminder at no time', answer(', reminders: [ { to: [lead] } ]'), 'wrong-shape@4:to'),
  steps(
    'a reminder at two times',
    answer(', reminders: [ { after: 1h, every: 1h, to: [lead] } ]'),
    'wrong-shape@4:after',
  ),
  steps('a reminder that does nothing', answer(', reminders: [ { after: 1h } ]'), 'wrong-shape@4:after'),
  steps(
    'a reminder after the end',
    answer(`, timeout: 1h, reminders: [ { after: 2h, to: [lead] } ]`),
    'wait-too-long@4:2h',
  ),
  steps(
    'a step of a reminder, read from outside',
    `${answer(`, reminders: [ { every: 1h, steps: [ ${call('nudge')} ] } ]`)}${read('steps.nudge.output.risk')}`,
    'inside-loop@5:nudge',
  ),
  steps(
    'a step of another reminder',
    answer(
      `, reminders: [ { every: 1h, steps: [ ${call('a')} ] }, { after: 2h, steps: [ ${call('b', ', if: "steps.a.status == \'failed\'"')} ] } ]`,
    ),
    'sibling-step@4:a',
  ),
  steps(
    'two reminders that set one variable',
    `${answer(', reminders: [ { every: 1h, steps: [ { name: a, set: { v: 1 } } ] }, { after: 2h, steps: [ { name: b, set: { v: 2 } } ] } ]')}${read('vars.?v.orValue(0)')}`,
    'concurrent-set@4:after',
  ),
];

const OTHERS: readonly FaultyDefinition[] = [
  steps(
    'a time without quotes',
    '  - { name: w, wait: { until: 2030-01-31T09:00:00Z } }\n',
    'expression-syntax@4:2030-01-31T09:00:00Z',
  ),
  steps('a step called compensate', `  - ${call('compensate')}\n`, 'reserved-name@4:compensate'),
  steps(
    'a step of an inner loop, in the condition of the outer',
    rounds('while: has(steps.one.output)', `{ name: in, forEach: trigger.context.list, steps: [ ${call('one')} ] }`),
    'inside-loop@4:one',
  ),
  steps('an agent that is asked for nothing', '  - { name: s, agent: engineer }\n', 'missing-key@4'),
  steps('an agent in capitals', '  - { name: s, agent: Engineer, capability: code }\n', 'invalid-name@4:Engineer'),
  steps(
    'a capability of two words',
    '  - { name: s, agent: engineer, capability: write code }\n',
    'invalid-name@4:write code',
  ),
  steps(
    'an agent that is computed',
    '  - { name: s, agent: "${trigger.context.who}", capability: code }\n',
    'wrong-shape@4',
  ),
  steps(
    'a priority that is nearly one',
    '  - { name: s, agent: engineer, capability: code, priority: hihg }\n',
    'unknown-word@4:hihg',
  ),
  steps(
    'an agent with a list of rules',
    '  - { name: s, agent: engineer, capability: code, retry: [ { maxAttempts: 2 } ] }\n',
    'wrong-shape@4:[ { maxAttempts: 2 } ]',
  ),
  steps(
    'what an agent does not answer',
    `  - { name: s, agent: engineer, capability: code, output: { files: "string[]" } }\n${read('steps.s.output.lines')}`,
    'unknown-field@5:lines',
  ),
  ...(
    [
      ['turns without a limit', '{ key: a }', 'missing-key@3:key'],
      ['turns of nobody', '{ limit: 0 }', 'out-of-range@3:0'],
      ['turns of too many', '{ limit: 1001 }', 'out-of-range@3:1001'],
      ['turns with another word for waiting', '{ limit: 1, whenFull: wait }', 'wrong-shape@3:wait'],
      ['turns with a group', '{ limit: 1, group: a }', 'unknown-key@3:group'],
      ['turns in a word', 'single', 'wrong-shape@3:single'],
      ['turns by what a step gives', '{ limit: 1, key: "${steps.s.output}" }', 'step-not-yet-run@3'],
      ['turns by what may be absent', '{ limit: 1, key: "${trigger.context.?who}" }', 'maybe-absent@3'],
    ] as const
  ).map(([what, turns, found]) =>
    faulty(
      what,
      `name: T\nversion: 1.0.0\nconcurrency: ${turns}\nsteps: [ { name: s, set: { a: 1 } }, { name: r, return: "\${vars.a}" } ]\n`,
      found,
    ),
  ),
  steps('an event without a type', '  - { name: s, emit: { data: 1 } }\n', 'missing-key@4:data'),
  steps('an event of two types', '  - { name: s, emit: { type: a.b | a.c } }\n', 'wrong-shape@4:a.b | a.c'),
  steps('an event of a type to be computed', '  - { name: s, emit: { type: "a.${execution.id}" } }\n', 'wrong-shape@4'),
  steps('an event with a subject', '  - { name: s, emit: { type: a.b, subject: c } }\n', 'unknown-key@4:subject'),
  steps('an event in one word', '  - { name: s, emit: a.b }\n', 'wrong-shape@4:a.b'),
  steps(
    'an event whose data may be absent',
    `${SCORE}  - { name: s, emit: { type: a.b, data: "\${steps.?score.?output.?note}" } }\n`,
    'maybe-absent@5:steps.?score.?output.?note',
  ),
  steps(
    'an event whose id is read as an object',
    `  - { name: s, emit: { type: a.b } }\n${read('steps.s.output.id')}`,
    'type-mismatch@5',
  ),
  faulty(
    'an event that starts the definition that emits it',
    'name: T\nversion: 1.0.0\ntrigger: { event: a.b | a.c }\nsteps: [ { name: s, emit: { type: a.c } } ]\n',
    'self-call@4:a.c',
  ),
  steps('an id in capitals to execute', '  - { name: other, workflow: Another }\n', 'invalid-id@4:Another'),
  steps('a reserved id to execute', '  - { name: other, workflow: default }\n', 'reserved-id@4:default'),
  steps('an id that is an expression', '  - { name: other, workflow: "${trigger.context.id}" }\n', 'wrong-shape@4'),
  steps('itself to execute', '  - { name: other, workflow: test }\n', 'self-call@4:test'),
  steps('an await in words', child(', await: never'), 'wrong-shape@4:never'),
  steps('an output of what is not awaited', child(', await: false, output: { a: string }'), 'wrong-shape@4:output'),
  steps('an input that is a text', child(', input: a'), 'wrong-shape@4:a'),
  steps('a field of an id', `${child(', await: false')}${read('steps.other.output.a')}`, 'type-mismatch@5:a'),
  steps(
    'a field that the declared output does not have',
    `${child(', output: { total: number }')}${read('steps.other.output.totl')}`,
    'unknown-field@5:totl',
  ),
  steps('a retry of an execution', child(', retry: { maxAttempts: 3 }'), 'unknown-key@4:retry'),
  steps(
    'a compensation of values',
    '  - { name: s, set: { a: 1 }, compensate: { tool: risk.score } }\n',
    'unknown-key@4:compensate',
  ),
  steps('a compensation without a tool', undone('{ input: {} }'), 'missing-key@4:input'),
  steps('a compensation by an unknown tool', undone('{ tool: risk.scor }'), 'unknown-tool@4:risk.scor'),
  paid('a compensation with a name', undone('{ name: b, tool: risk.score }'), 'unknown-key@4:name'),
  paid('a compensation by steps', undone(`{ tool: risk.score, steps: [ ${call('b')} ] }`), 'unknown-key@4:steps'),
  paid(
    'a compensation that reads a later step',
    `${undone('{ tool: risk.score, input: { amount: "${steps.b.output.risk}" } }')}  - ${call('b')}\n`,
    'step-not-yet-run@4:b',
  ),
  paid(
    'a compensation that reads a sibling',
    `  - { name: p, parallel: { a: { tool: risk.score, provider: local }, b: { tool: risk.score, provider: local, compensate: { tool: risk.score, input: { amount: "\${steps.a.output.risk}" } } } } }\n`,
    'sibling-step@4:a',
  ),
  paid(
    'a compensation with an input that the tool does not take',
    undone('{ tool: risk.score, input: { amont: 1 } }'),
    'unknown-input@4:amont',
  ),
  paid(
    'a compensation that is tried twice and must not be',
    undone('{ tool: payment.refund, retry: { maxAttempts: 2 }, input: { orderId: a, amount: 1 } }'),
    'retry-not-idempotent@4:retry',
  ),
  paid(
    'the error of a compensation, in the step',
    `  - ${call('a', ', input: { text: "${error.detail}" }, compensate: { tool: email.send, input: { to: "${error.detail}" } }')}\n`,
    'error-outside-handler@4:error',
  ),
  faulty(
    'finally without steps',
    'name: T\nversion: 1.0.0\nsteps: [ { name: s, set: { a: 1 } } ]\nfinally: []\n',
    'wrong-shape@4:[]',
  ),
  faulty('return in finally', ending('{ name: r, return: 1 }'), 'not-in-finally@5:return'),
  faulty(
    'return inside a loop in finally',
    ending('{ name: l, repeat: { max: 2 }, steps: [ { name: r, return: 1 } ] }'),
    'not-in-finally@5:return',
  ),
  faulty(
    'a compensation in finally',
    ending(call('b', ', compensate: { tool: risk.score }')),
    'not-in-finally@5:compensate',
  ),
  faulty(
    'an output that may be absent, in finally',
    ending(call('b', ', input: { amount: "${steps.a.output.risk}" }')),
    'maybe-absent@5:output',
  ),
  faulty(
    'a variable that may be absent, in finally',
    `name: T\nversion: 1.0.0\nsteps: [ { name: a, set: { v: 1 } } ]\nfinally:\n  - ${call('b', ', input: { text: "is ${vars.v}" }')}\n`,
    'maybe-absent@5:vars.v',
  ),
  faulty('a name of finally that a step has', ending(call('a')), 'duplicate-name@5:a'),
  faulty(
    'an output that reads finally',
    `${ending(call('b'))}output: { risk: "\${steps.b.output.risk}" }\n`,
    'step-not-yet-run@6:b',
  ),
  faulty(
    'a status that no execution has',
    ending(call('b', ', if: "execution.status == \'complete\'"')),
    'unknown-word@5',
  ),
  steps(
    'a retry rule without a condition before the last',
    `  - ${call('a', ', retry: [ { maxAttempts: 2 }, { maxAttempts: 3 } ]')}\n`,
    'unreachable-case@4:maxAttempts',
  ),
  steps('no retry rules', `  - ${call('a', ', retry: []')}\n`, 'wrong-shape@4:[]'),
  steps(
    'a retry rule for what is no error',
    `  - ${call('a', ', retry: [ { when: error.kind == 1, maxAttempts: 2 } ]')}\n`,
    'unknown-field@4:kind',
  ),
  steps(
    'a longest wait below the first',
    `  - ${call('a', ', retry: { initialInterval: 10s, maxInterval: 5s }')}\n`,
    'out-of-range@4:5s',
  ),
];

export const KIND_FAULTS: readonly FaultyDefinition[] = [...FOR_EACH, ...REPEAT, ...WAITS, ...OTHERS];

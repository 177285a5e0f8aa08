/** A corpus of faulty definitions: what is wrong, the text, and the codes with their lines. */
import { AGENT_FAULTS } from './faults-agents';
import { KIND_FAULTS } from './faults-kinds';
import { MONEY_FAULTS } from './faults-money';
import { TRIGGER_FAULTS } from './faults-triggers';
import type { FaultyDefinition } from './faulty';
import { faulty, paid, payload, SCORE, steps } from './faulty';
import { withSteps } from './registry';

const TEXTS: readonly FaultyDefinition[] = [
  faulty('nothing', '', 'wrong-shape@1'),
  faulty('a list', '- a\n', 'wrong-shape@1'),
  faulty('text that is not YAML', 'name: T\nversion: 1.0.0\nsteps: [\n', 'yaml-syntax@4'),
  faulty('a tab in front', 'name: T\nversion: 1.0.0\nsteps:\n\t- a\n', 'yaml-syntax@4'),
  faulty('a second document', 'name: T\n---\nname: U\n', 'yaml-feature@2'),
  faulty('a directive', '%YAML 1.2\n---\nname: T\n', 'yaml-feature@1'),
  faulty('a tag', 'name: !!str T\n', 'yaml-feature@1:!!str'),
  faulty(
    'a merge key',
    'name: T\nversion: 1.0.0\nsteps:\n  - <<: {}\n    name: s\n    set: { a: 1 }\n',
    'yaml-feature@4',
  ),
  faulty('an alias without an anchor', 'name: *n\n', 'yaml-syntax@1'),
  faulty(
    'a key twice',
    'name: T\nname: U\nversion: 1.0.0\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'duplicate-key@2:name',
  ),
  faulty('a list type without quotes', 'name: T\ntrigger: { payload: { a: string[] } }\n', 'yaml-syntax@2'),
  faulty('infinity', withSteps('  - { name: s, set: { a: .inf } }\n'), 'not-json@4:.inf'),
  faulty('too many aliases', `name: &a T\nversion: 1.0.0\nsteps: [${'*a, '.repeat(51)}]\n`, 'too-many-aliases@3'),
  faulty('too deep', `name: T\nversion: ${'['.repeat(70)}\n`, 'too-deep@2'),
  faulty('too many values', `name: T\nversion: [${'1, '.repeat(20_001)}]\n`, 'too-many-nodes@2'),
  faulty('too large', `name: ${'x'.repeat(256 * 1024)}\n`, 'too-large@1'),
];

const QUOTES: readonly FaultyDefinition[] = [
  steps(
    'a conditional expression without quotes',
    '  - name: s\n    if: ${execution.id == "a" ? true : false}\n    set: { a: 1 }\n',
    'unquoted-expression@5',
  ),
  steps(
    'an expression that is cut at a comment',
    '  - name: s\n    if: ${execution.id == " #x"}\n    set: { a: 1 }\n',
    'unquoted-expression@5:${',
  ),
  steps(
    'a bare expression that is cut at a comment',
    '  - name: s\n    if: execution.id == " #x"\n    set: { a: 1 }\n',
    'unquoted-expression@5',
  ),
  steps(
    'an expression in braces without quotes',
    '  - { name: s, set: { a: ${execution.id} } }\n',
    'unquoted-expression@4',
  ),
  steps(
    'a condition that begins with !',
    '  - name: s\n    if: !has(trigger.payload.a)\n    set: { a: 1 }\n',
    'unquoted-expression@5:!has(trigger.payload.a)',
  ),
  steps(
    'a condition that begins with a quoted word',
    '  - name: s\n    if: "a" == execution.id\n    set: { a: 1 }\n',
    'unquoted-expression@5',
  ),
  steps(
    'an expression without its end',
    '  - { name: s, set: { a: "x ${execution.id" } }\n',
    'unterminated-expression@4:${',
  ),
  steps(
    'an expression whose string has no end',
    `  - { name: s, set: { a: "\${'a}" } }\n`,
    'unterminated-expression@4',
  ),
  steps(
    'two expressions as a condition',
    '  - { name: s, if: "${true} && ${false}", set: { a: 1 } }\n',
    'expression-syntax@4',
  ),
];

const WORDS: readonly FaultyDefinition[] = [
  faulty(
    'an unknown key at the top',
    'name: T\nversion: 1.0.0\nstep: []\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'unknown-key@3:step',
  ),
  faulty('no name', 'version: 1.0.0\nsteps: [ { name: s, set: { a: 1 } } ]\n', 'missing-key@1'),
  faulty('no version', 'name: T\nsteps: [ { name: s, set: { a: 1 } } ]\n', 'missing-key@1'),
  faulty('no steps', 'name: T\nversion: 1.0.0\n', 'missing-key@1'),
  faulty('an empty list of steps', 'name: T\nversion: 1.0.0\nsteps: []\n', 'wrong-shape@3'),
  faulty(
    'a version as a number',
    'name: T\nversion: 1.10\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'invalid-version@2:1.10',
  ),
  faulty(
    'a version with a v',
    'name: T\nversion: v1.0.0\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'invalid-version@2',
  ),
  faulty(
    'an id in capitals',
    'id: Test\nname: T\nversion: 1.0.0\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'invalid-id@1:Test',
  ),
  faulty(
    'an id that objects use',
    'id: constructor\nname: T\nversion: 1.0.0\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'reserved-id@1',
  ),
  faulty(
    'an id of our own workflows',
    'id: agt:task\nname: T\nversion: 1.0.0\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'invalid-id@1',
  ),
  faulty(
    'default as an id',
    'id: default\nname: T\nversion: 1.0.0\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'reserved-id@1',
  ),
  faulty(
    'a name that is a number',
    'name: 5\nversion: 1.0.0\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'wrong-shape@1:5',
  ),
  faulty(
    'an event with a blank',
    'name: T\nversion: 1.0.0\ntrigger: { event: "a b" }\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'wrong-shape@3',
  ),
  steps('a step without a name', '  - set: { a: 1 }\n', 'missing-key@4'),
  steps('a step with a bad name', '  - { name: Score-It, set: { a: 1 } }\n', 'invalid-name@4:Score-It'),
  steps('a step called constructor', '  - { name: constructor, set: { a: 1 } }\n', 'reserved-name@4'),
  steps(
    'two steps of one name',
    '  - { name: s, set: { a: 1 } }\n  - { name: s, set: { b: "${vars.a}" } }\n',
    'duplicate-name@5:s',
  ),
  steps('a step without a kind', '  - { name: s }\n', 'no-kind@4'),
  steps('a step with two kinds', '  - { name: s, set: { a: 1 }, fail: { type: x } }\n', 'two-kinds@4:fail'),
  steps('a misspelt kind', '  - { name: s, tol: risk.score }\n', 'unknown-key@4:tol'),
  steps(
    'a misspelt key',
    '  - { name: s, tool: risk.score, provider: local, inptu: { text: a } }\n',
    'unknown-key@4:inptu',
  ),
  steps('a key of another kind', '  - { name: s, set: { a: 1 }, retry: { maxAttempts: 2 } }\n', 'unknown-key@4:retry'),
  steps(
    'a branch that renames its step',
    '  - { name: p, parallel: { a: { name: b, set: { x: 1 } } } }\n',
    'invalid-name@4:b',
  ),
  steps(
    'a join of too many',
    '  - { name: p, join: 3, parallel: { a: { fail: { type: x } }, b: { fail: { type: x } } } }\n',
    'invalid-join@4:3',
  ),
  steps(
    'a duration without a unit',
    '  - { name: g, timeout: 1.5, steps: [ { name: s, set: { a: 1 } } ] }\n',
    'invalid-duration@4:1.5',
  ),
  steps(
    'a duration of a year and more',
    '  - { name: g, timeout: 366d, steps: [ { name: s, set: { a: 1 } } ] }\n',
    'invalid-duration@4',
  ),
  steps(
    'too many attempts',
    '  - { name: s, tool: risk.score, provider: local, retry: { maxAttempts: 101 } }\n',
    'out-of-range@4:101',
  ),
  steps(
    'two timeouts',
    '  - { name: s, tool: risk.score, provider: local, timeout: 1s, config: { timeout: 2s } }\n',
    'two-timeouts@4:timeout',
  ),
  steps(
    'a field called __proto__',
    '  - { name: s, tool: crm.note, provider: local, input: { __proto__: 1 } }\n',
    'reserved-name@4:__proto__',
  ),
  steps(
    'a preference that does not exist',
    '  - { name: s, tool: risk.score, provider: local, config: { prefer: price } }\n',
    'wrong-shape@4:price',
  ),
  steps(
    'a stream that is neither on nor off',
    '  - { name: s, tool: risk.score, provider: local, config: { stream: "${true}" } }\n',
    'wrong-shape@4:"${true}"',
  ),
  steps('a case without steps', '  - { name: s, switch: [ { when: "true" } ] }\n', 'wrong-shape@4'),
  steps(
    'a handler that does nothing',
    `${SCORE.replace(' }\n', ", onError: [ { when: error.type == 'timeout' } ] }\n")}`,
    'wrong-shape@4',
  ),
  steps('continue: false', `${SCORE.replace('} }\n', '}, onError: [ { continue: false } ] }\n')}`, 'wrong-shape@4'),
  steps('an error type in capitals', '  - { name: s, fail: { type: TooRisky } }\n', 'invalid-name@4'),
  steps('an error type that is nearly ours', '  - { name: s, fail: { type: time-out } }\n', 'near-type@4:time-out'),
];

const TYPES: readonly FaultyDefinition[] = [
  payload('an unknown type', '{ a: bool }', 'unknown-type@3:bool'),
  payload('a union of types', '{ a: string | number }', 'invalid-type@3'),
  payload('an enumeration with a gap', '{ a: "x | " }', 'invalid-type@3'),
  payload('a list as a type', '{ a: [string] }', 'invalid-type@3'),
  payload('an optional and a required field of one name', '{ a: string, a?: string }', 'duplicate-key@3'),
  payload('a field called prototype', '{ prototype: string }', 'reserved-name@3'),
  payload('a fact that does not go with the type', '{ a: { type: string, minimum: 3 } }', 'invalid-type@3:minimum'),
  payload('a pattern that RE2 does not have', '{ a: { type: string, pattern: "(?=x)" } }', 'invalid-pattern@3'),
  payload('an unknown format', '{ a: { type: string, format: mail } }', 'invalid-type@3'),
  payload('a default of the wrong type', '{ a: { type: number, default: x } }', 'type-mismatch@3'),
  payload('a default that no word matches', '{ a: { type: string, enum: [x, y], default: z } }', 'type-mismatch@3'),
  payload('a schema file that is not there', '{ a: { $schema: order.json } }', 'invalid-schema@3'),
  faulty(
    'a type that contains itself',
    'name: T\nversion: 1.0.0\ntypes: { Node: { next: "Node[]" } }\ntrigger: { payload: { a: Node } }\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'recursive-type@3:Node',
  ),
  faulty(
    'a type that nothing uses',
    'name: T\nversion: 1.0.0\ntypes: { Order: { id: string } }\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'unused-type@3:Order',
  ),
  faulty(
    'a type that takes the name of one of ours',
    'name: T\nversion: 1.0.0\ntypes: { string: object }\nsteps: [ { name: s, set: { a: 1 } } ]\n',
    'reserved-name@3',
  ),
];

const ORDER: readonly FaultyDefinition[] = [
  steps(
    'a step that does not exist',
    `${SCORE}  - { name: s, set: { a: "\${steps.scor.output.risk}" } }\n`,
    'unknown-step@5:scor',
  ),
  steps(
    'a step that comes later',
    `  - { name: s, tool: crm.note, provider: local, input: { a: "\${steps.score.output.risk}" } }\n${SCORE}`,
    'step-not-yet-run@4:score',
  ),
  steps(
    'a step in a branch beside',
    '  - name: p\n    parallel:\n      a: { tool: risk.score, provider: local }\n      b: { set: { x: "${steps.a.output.risk}" } }\n',
    'sibling-step@7:a',
  ),
  steps(
    'the status of a step in a branch beside',
    "  - name: p\n    parallel:\n      a: { tool: risk.score, provider: local }\n      b: { if: steps.a.status == 'failed', set: { x: 1 } }\n",
    'sibling-step@7',
  ),
  steps(
    'a step in a case beside',
    '  - name: p\n    switch:\n      - { when: "trigger.context.a", steps: [ { name: a, tool: risk.score, provider: local } ] }\n      - default: [ { name: b, set: { x: "${steps.a.output.risk}" } } ]\n',
    'sibling-step@7',
  ),
  steps('itself', '  - { name: s, set: { a: "${steps.s.output}" } }\n', 'step-not-yet-run@4'),
  steps(
    'a field that the output does not have',
    `${SCORE}  - { name: s, set: { a: "\${steps.score.output.risky}" } }\n`,
    'unknown-field@5:risky',
  ),
  steps(
    'an optional field without a guard',
    `${SCORE}  - { name: s, set: { a: "\${steps.score.output.note}" } }\n`,
    'maybe-absent@5',
  ),
  steps(
    'the output of a step with if',
    `  - { name: score, if: trigger.context.a, tool: risk.score, provider: local }\n  - { name: s, set: { a: "\${steps.score.output.risk}" } }\n`,
    'maybe-absent@5',
  ),
  steps(
    'the output of a step that may go on after a failure',
    `  - { name: score, tool: risk.score, provider: local, onError: continue }\n  - { name: s, set: { a: "\${steps.score.output.risk}" } }\n`,
    'maybe-absent@5',
  ),
  steps(
    'the output of a step in a case',
    '  - name: p\n    switch: [ { when: "trigger.context.a", steps: [ { name: a, tool: risk.score, provider: local } ] } ]\n  - { name: s, set: { x: "${steps.a.output.risk}" } }\n',
    'maybe-absent@6',
  ),
  steps(
    'a field of an output that may be degraded',
    '  - { name: score, tool: risk.score, provider: local, config: { fallback: skip } }\n  - { name: s, set: { a: "${steps.score.output.risk}" } }\n',
    'maybe-absent@5',
  ),
  steps('a variable that nothing sets', '  - { name: s, set: { a: "${vars.b}" } }\n', 'unknown-variable@4:b'),
  steps(
    'a variable that is set later',
    '  - { name: s, set: { a: "${vars.b}" } }\n  - { name: t, set: { b: "${vars.a}" } }\n',
    'unknown-variable@4',
  ),
  steps(
    'a variable that may not be set',
    '  - { name: s, if: trigger.context.a, set: { a: 1 } }\n  - { name: t, set: { b: "${vars.a}" } }\n',
    'maybe-absent@5',
  ),
  steps(
    'a variable that nothing reads',
    '  - { name: s, set: { a: 1 } }\n  - { name: t, tool: risk.score, provider: local }\n',
    'unused-variable@4:a',
  ),
  steps(
    'two branches that set one variable',
    '  - name: p\n    parallel:\n      a: { set: { x: 1 } }\n      b: { set: { x: 2 } }\n  - { name: t, set: { y: "${vars.x}" } }\n',
    'concurrent-set@7',
  ),
  steps(
    'the error where there is none',
    '  - { name: s, set: { a: "${error.type}" } }\n',
    'error-outside-handler@4:error',
  ),
  steps(
    'a step after return',
    '  - { name: s, return: { a: 1 } }\n  - { name: t, set: { a: 1 } }\n',
    'unreachable-step@5',
  ),
  steps(
    'a step after a switch that always ends',
    '  - name: s\n    switch: [ { when: trigger.context.a, steps: [ { name: f, fail: { type: x } } ] }, { default: [ { name: r, return: 1 } ] } ]\n  - { name: t, set: { a: 1 } }\n',
    'unreachable-step@6',
  ),
  steps(
    'a case after the default',
    '  - name: s\n    switch:\n      - default: [ { name: a, set: { x: 1 } } ]\n      - { when: trigger.context.a, steps: [ { name: b, set: { x: 2 } } ] }\n',
    'unreachable-case@7',
  ),
  steps(
    'a handler after one that takes all',
    `${SCORE.replace('} }\n', "}, onError: [ { continue: true }, { when: error.type == 'timeout', continue: true } ] }\n")}`,
    'unreachable-case@4',
  ),
  steps('a condition that is always true', '  - { name: s, if: 1 < 2, set: { a: 1 } }\n', 'constant-condition@4'),
  steps(
    'a word that the enumeration does not have',
    `${SCORE}  - { name: s, if: steps.score.status == 'done', set: { a: 1 } }\n`,
    'unknown-word@5',
  ),
  steps(
    'a condition that is a number',
    `${SCORE}  - { name: s, if: steps.score.output.risk, set: { a: 1 } }\n`,
    'type-mismatch@5:steps.score.output.risk',
  ),
  steps('an unknown function', '  - { name: s, set: { a: "${uuidd()}" } }\n', 'unknown-function@4'),
  steps('an unknown root', '  - { name: s, set: { a: "${triger.payload}" } }\n', 'unknown-root@4:triger'),
  steps('an expression that is none', '  - { name: s, set: { a: "${1 +}" } }\n', 'expression-syntax@4'),
  steps(
    'an expression that is too deep',
    `  - { name: s, set: { a: "\${${'('.repeat(60)}1${')'.repeat(60)}}" } }\n`,
    'expression-too-large@4',
  ),
  steps(
    'a large value that is looked into',
    "  - { name: s, set: { a: \"${size({'$blob': 'x', 'bytes': 1, 'mediaType': 'a/b'})}\" } }\n",
    'blob-inside@4',
  ),
  steps(
    'an optional value in a list',
    '  - { name: s, set: { a: ["${execution.remaining.ms}"] } }\n',
    'maybe-absent@4',
  ),
  steps(
    'an optional value in a text',
    '  - { name: s, set: { a: "left: ${execution.remaining.ms}" } }\n',
    'maybe-absent@4',
  ),
];

const TOOLS: readonly FaultyDefinition[] = [
  steps(
    'a tool that costs money, without a budget',
    '  - { name: s, tool: email.send, input: { to: a } }\n',
    'no-budget@3',
  ),
  steps('an unknown tool', '  - { name: s, tool: risk.scor, provider: local }\n', 'unknown-tool@4:risk.scor'),
  steps(
    'an unknown provider',
    '  - { name: s, tool: risk.score, provider: openruter|local }\n',
    'unknown-provider@4:openruter',
  ),
  steps(
    'an unknown fallback',
    '  - { name: s, tool: risk.score, provider: local, config: { fallback: locl } }\n',
    'unknown-provider@4:locl',
  ),
  steps('a mode as a provider', '  - { name: s, tool: risk.score, provider: local|skip }\n', 'unknown-provider@4:skip'),
  steps('no provider that can do it', '  - { name: s, tool: risk.score, provider: gemini }\n', 'no-provider@4:gemini'),
  steps(
    'an input that the tool does not take',
    '  - { name: s, tool: risk.score, provider: local, input: { txt: a } }\n',
    'unknown-input@4:txt',
  ),
  paid(
    'an input that is missing',
    '  - { name: s, tool: payment.refund, provider: stripe, input: { orderId: a } }\n',
    'missing-input@4:input',
  ),
  steps(
    'an input of the wrong type',
    `${SCORE}  - { name: s, tool: risk.score, provider: local, input: { text: "\${steps.score.output.risk}" } }\n`,
    'type-mismatch@5:steps.score.output.risk',
  ),
  steps(
    'a literal input of the wrong type',
    '  - { name: s, tool: risk.score, provider: local, input: { amount: ten } }\n',
    'type-mismatch@4:ten',
  ),
  steps(
    'an input word that the contract does not have',
    '  - { name: s, tool: risk.score, provider: local, input: { level: hihg } }\n',
    'type-mismatch@4:hihg',
  ),
  paid(
    'a nested input that is missing',
    '  - { name: s, tool: payment.refund, provider: stripe, input: { orderId: a, amount: 1, parts: [ { } ] } }\n',
    'missing-input@4',
  ),
  faulty(
    'an optional value for a required input',
    'name: T\nversion: 1.0.0\ntrigger: { payload: { to?: string } }\nsteps: [ { name: s, tool: email.send, provider: postal, input: { to: "${trigger.payload.to}" } } ]\nguards: { budget: { maxMs: 1000 } }\n',
    'optional-into-required@4:trigger.payload.to',
  ),
  steps(
    'an output that the tool does not give',
    '  - { name: s, tool: risk.score, provider: local, output: { rsk: number } }\n',
    'unknown-output@4:rsk',
  ),
  steps(
    'an output of another type',
    '  - { name: s, tool: risk.score, provider: local, output: { risk: string } }\n',
    'type-mismatch@4:risk',
  ),
  paid(
    'a second attempt of a payment',
    '  - { name: s, tool: payment.refund, provider: stripe, input: { orderId: a, amount: 1 }, retry: { maxAttempts: 2 } }\n',
    'retry-not-idempotent@4',
  ),
  steps(
    'a retry rule after one that takes all',
    "  - { name: s, tool: risk.score, provider: local, retry: [ { maxAttempts: 2 }, { when: error.type == 'timeout', maxAttempts: 3 } ] }\n",
    'unreachable-case@4',
  ),
  steps(
    'a tool that is an expression',
    '  - { name: s, tool: "${trigger.payload.tool}", provider: local }\n',
    'wrong-shape@4',
  ),
  faulty(
    'a budget of nothing',
    'name: T\nversion: 1.0.0\nsteps: [ { name: s, set: { a: 1 } } ]\nguards: { budget: { maxCost: 0 } }\n',
    'out-of-range@4',
  ),
];

export const FAULTS: readonly FaultyDefinition[] = [
  ...TEXTS,
  ...QUOTES,
  ...WORDS,
  ...TYPES,
  ...ORDER,
  ...TOOLS,
  ...KIND_FAULTS,
  ...AGENT_FAULTS,
  ...TRIGGER_FAULTS,
  ...MONEY_FAULTS,
];

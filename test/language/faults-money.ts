/** Faulty definitions: personal data that leave, and money that nobody can count. */
import type { FaultyDefinition } from './faulty';
import { faulty } from './faulty';

const head = (guards: string): string =>
  [
    'name: T',
    'version: 1.0.0',
    `guards: { ${guards} }`,
    'types: { Person: { name: { type: string, pii: name }, age: number } }',
    'trigger: { payload: { email: { type: string, pii: email }, phone?: { type: string, pii: phone }, note: string, people: "Person[]" } }',
    'steps:\n',
  ].join('\n');
/** Steps from line 7 on. */
const personal = (what: string, text: string, ...found: readonly string[]): FaultyDefinition =>
  faulty(what, head('budget: { maxMs: 60000 }') + text, ...found);
const send = (to: string, name = 's'): string => `  - { name: ${name}, tool: email.send, input: { to: ${to} } }\n`;
const note = (input: string, provider = 'acme'): string =>
  `  - { name: n, tool: crm.note, provider: ${provider}, input: { ${input} } }\n`;
const priced = (what: string, step: string, ...found: readonly string[]): FaultyDefinition =>
  faulty(what, `name: T\nversion: 1.0.0\nguards: { budget: { maxCost: 1 } }\nsteps:\n  - ${step}\n`, ...found);

export const MONEY_FAULTS: readonly FaultyDefinition[] = [
  personal(
    'personal data leave as they are',
    send('"${trigger.payload.email}"'),
    'personal-data@7:trigger.payload.email',
  ),
  personal('personal data leave inside a text', send('"Mr ${trigger.payload.email}!"'), 'personal-data@7'),
  personal(
    'personal data leave by an operator',
    send('"${trigger.payload.email + trigger.payload.note}"'),
    'personal-data@7',
  ),
  personal('personal data leave by a function', send('"${trigger.payload.email.lowerAscii()}"'), 'personal-data@7'),
  personal(
    'personal data leave by one side of a choice',
    send("\"${trigger.payload.note == '' ? trigger.payload.email : ''}\""),
    'personal-data@7',
  ),
  personal(
    'personal data that may be absent leave',
    note('phone: "${trigger.payload.?phone.orValue(\'\')}"'),
    'personal-data@7',
  ),
  personal(
    'personal data leave inside an object',
    note('all: "${trigger.payload}"'),
    'personal-data@7:trigger.payload',
  ),
  personal(
    'personal data leave inside a list',
    note('names: "${trigger.payload.people.map(p, p.name)}"'),
    'personal-data@7',
  ),
  personal(
    'personal data leave in a field of a field',
    note('who: { mail: "${trigger.payload.email}" }'),
    'personal-data@7',
  ),
  personal(
    'personal data leave by way of a variable',
    `  - { name: v, set: { to: "<\${trigger.payload.email}>" } }\n${send('"${vars.to}"')}`,
    'personal-data@8:vars.to',
  ),
  personal(
    'personal data of an item leave',
    `  - name: each\n    forEach: trigger.payload.people\n    steps:\n${send('"${item.name}"').replace('  -', '      -')}`,
    'personal-data@10:item.name',
  ),
  personal(
    'a declared output holds personal data, which leave',
    `  - { name: a, tool: crm.note, provider: local, input: {}, output: { who: { type: string, pii: name } } }\n${send('"${steps.a.output.who}"')}`,
    'personal-data@8:steps.a.output.who',
  ),
  personal(
    'personal data leave by a fallback',
    note('mail: "${trigger.payload.email}"', 'local|acme'),
    'personal-data@7',
  ),
  faulty(
    'a recording that the guard cannot read',
    head('budget: { maxMs: 60000 }, security: { piiRedaction: true }') +
      '  - { name: s, tool: stt.transcribe, provider: openrouter, input: { audioData: "${trigger.payload.note}" } }\n',
    'unread-by-redaction@7:trigger.payload.note',
  ),
  faulty(
    'a row that is of no use with placeholders',
    head('budget: { maxMs: 60000 }, security: { piiRedaction: true }') +
      '  - { name: s, tool: payment.refund, provider: stripe, input: { orderId: "${trigger.payload.email}", amount: 1 } }\n',
    'personal-data@7:trigger.payload.email',
  ),
  priced(
    'a budget of money, and a provider without a price',
    '{ name: s, tool: risk.score, provider: acme }',
    'unknown-price@3',
  ),
  priced(
    'a budget of money, and a fallback without a price',
    '{ name: s, tool: risk.score, provider: openrouter|acme }',
    'unknown-price@3',
  ),
];

/** What must not be reported. */
export const PRIVATE_ENOUGH: readonly (readonly [what: string, text: string])[] = [
  [
    'they are replaced',
    head('budget: { maxMs: 60000 }, security: { piiRedaction: true }') + send('"${trigger.payload.email}"'),
  ],
  ['they stay on this machine', head('budget: { maxMs: 60000 }') + note('mail: "${trigger.payload.email}"', 'local')],
  ['they are only counted', head('budget: { maxMs: 60000 }') + note('n: "${size(trigger.payload.email)}"')],
  [
    'they are only compared',
    head('budget: { maxMs: 60000 }') + note('same: "${trigger.payload.email == trigger.payload.note}"'),
  ],
  [
    'they only decide',
    head('budget: { maxMs: 60000 }') + note("kind: \"${trigger.payload.email.endsWith('.pt') ? 'pt' : 'en'}\""),
  ],
  [
    'other fields beside them leave',
    head('budget: { maxMs: 60000 }') +
      note('ages: "${trigger.payload.people.map(p, p.age)}", note: "${trigger.payload.note}"'),
  ],
];

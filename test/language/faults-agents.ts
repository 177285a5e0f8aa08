/** Faults in `agent` steps that a model works on by itself. */
import type { FaultyDefinition } from './faulty';
import { faulty } from './faulty';

/** A model-driven step in line 4, with a budget behind it. */
const model = (what: string, more: string, ...found: readonly string[]): FaultyDefinition =>
  faulty(
    what,
    `name: T\nversion: 1.0.0\nsteps:\n  - { name: m, agent: engineer, goal: find it${more} }\n${BUDGET}`,
    ...found,
  );
const tools = (what: string, list: string, ...found: readonly string[]): FaultyDefinition =>
  model(what, `, tools: [ ${list} ]`, ...found);
const read = (what: string, more: string, expression: string, ...found: readonly string[]): FaultyDefinition =>
  faulty(
    what,
    `name: T\nversion: 1.0.0\nsteps:\n  - { name: m, agent: engineer, goal: find it${more} }\n  - { name: r, return: "\${${expression}}" }\n${BUDGET}`,
    ...found,
  );
const BUDGET = 'guards: { budget: { maxMs: 1000 } }\n';
const without = (what: string, more: string, ...found: readonly string[]): FaultyDefinition =>
  faulty(what, `name: T\nversion: 1.0.0\nsteps:\n  - { name: m, agent: engineer${more} }\n${BUDGET}`, ...found);

export const AGENT_FAULTS: readonly FaultyDefinition[] = [
  without('tools without a goal', ', capability: code, tools: [ web.search ]', 'missing-key@4:tools'),
  without('limits without a goal', ', capability: code, limits: { turns: 2 }', 'missing-key@4:limits'),
  without('neither a capability nor a goal', '', 'missing-key@4:name'),
  without('a goal that is a list', ', goal: [a]', 'wrong-shape@4:[a]'),
  without('a goal without a word', ", goal: ''", "wrong-shape@4:''"),
  without('a goal that is a number', ', goal: "${1 + 1}"', 'type-mismatch@4:1 + 1'),
  without('a goal that may be absent', ', goal: "${trigger.context.?a}"', 'maybe-absent@4:trigger.context.?a'),
  without('a misspelt goal', ', gaol: find it, capability: code', 'unknown-key@4:gaol'),
  model('instructions that may be absent', ', instructions: "as ${trigger.context.?a}"', 'maybe-absent@4'),
  model('a task that is tried again as a whole', ', retry: { maxAttempts: 2 }', 'wrong-shape@4:retry'),
  model('a think with a tool', ', think: { tool: llm.object }', 'unknown-key@4:tool'),
  model('a think by an unknown provider', ', think: { provider: local|openruter }', 'unknown-provider@4:openruter'),
  model('a think by nobody', ', think: { provider: stripe }', 'no-provider@4:stripe'),
  model(
    'a think that ends in nothing',
    ', think: { provider: local, config: { fallback: skip } }',
    'unknown-provider@4:skip',
  ),
  model('a think that is tried too often', ', think: { retry: { maxAttempts: 101 } }', 'out-of-range@4:101'),
  tools('no tools', '', 'wrong-shape@4:[  ]'),
  model('tools as a mapping', ', tools: { web.search: {} }', 'wrong-shape@4:{ web.search: {} }'),
  tools('an unknown tool', 'web.serch', 'unknown-tool@4:web.serch'),
  tools('a tool that is a number', '3', 'wrong-shape@4:3'),
  tools('a tool that is computed', '"${execution.id}"', 'wrong-shape@4'),
  tools('a tool without a provider', '{ tool: web.search, provider: stripe }', 'no-provider@4:stripe'),
  tools('a tool by an unknown provider', '{ tool: web.search, provider: local|locl }', 'unknown-provider@4:locl'),
  tools('a tool with an input', '{ tool: web.search, input: { query: a } }', 'unknown-key@4:input'),
  tools('a tool as a key', '{ web.search: { approval: {} } }', 'no-kind@4:web.search'),
  tools('an approval of nothing', '{ approval: { roles: [lead] } }', 'no-kind@4:approval'),
  tools('two things by one name', '{ tool: web.search, workflow: other }', 'two-kinds@4:workflow'),
  tools('one tool twice', 'web.search, web.search', 'duplicate-name@4:web.search'),
  tools(
    'a name that another tool has',
    'web.search, { tool: web.scrape, name: web_search }',
    'duplicate-name@4:web_search',
  ),
  tools('a name with a hyphen', '{ tool: web.search, name: look-up }', 'invalid-name@4:look-up'),
  tools('a name that every object has', '{ tool: web.search, name: constructor }', 'reserved-name@4:constructor'),
  tools('an approval that is a word', '{ tool: web.search, approval: lead }', 'wrong-shape@4:lead'),
  tools('an approval without a role', '{ tool: web.search, approval: { roles: [] } }', 'wrong-shape@4:[]'),
  tools('an approval by a form', '{ tool: web.search, approval: { form: {} } }', 'unknown-key@4:form'),
  tools('an approval at some time', '{ tool: web.search, approval: { timeout: later } }', 'invalid-duration@4:later'),
  model(
    'an approval that comes too late',
    ', timeout: 10m, tools: [ { tool: web.search, approval: { timeout: 1h } } ]',
    'wait-too-long@4:1h',
  ),
  tools('a mail that nobody is asked about', 'email.send', 'unapproved-effect@4:email.send'),
  tools('a payment that nobody is asked about', '{ tool: payment.refund }', 'unapproved-effect@4:payment.refund'),
  tools('a request of a method that the model chooses', 'http.request', 'unapproved-effect@4:http.request'),
  tools(
    'a tool that is tried twice and must not be',
    '{ tool: payment.refund, approval: {}, retry: { maxAttempts: 2 } }',
    'retry-not-idempotent@4:retry',
  ),
  tools('an id in capitals to execute', '{ workflow: Another }', 'invalid-id@4:Another'),
  tools('itself to execute', '{ workflow: test }', 'self-call@4:test'),
  tools('an agent that is asked for nothing', '{ agent: tester }', 'missing-key@4:agent'),
  tools('an agent with values', '{ agent: tester, capability: test, input: { a: 1 } }', 'invalid-type@4:1'),
  tools('an agent with a goal', '{ agent: tester, capability: test, goal: a }', 'unknown-key@4:goal'),
  without('a pool in capitals', ', capability: code, pool: Big', 'invalid-name@4:Big'),
  without('no capability beside', ', capability: code, requires: []', 'wrong-shape@4:[]'),
  without('a capability beside that is none', ', capability: code, requires: [no way]', 'invalid-name@4:no way'),
  without('a wait for some time', ', capability: code, maxWait: soon', 'invalid-duration@4:soon'),
  without('a deadline at some time', ', capability: code, deadline: later', 'invalid-duration@4:later'),
  without('nobody otherwise', ', capability: code, otherwise: {}', 'wrong-shape@4'),
  without('two others', ', capability: code, otherwise: { agent: docs, human: [lead] }', 'wrong-shape@4:agent'),
  without('people without a role', ', capability: code, otherwise: { human: [] }', 'wrong-shape@4:[]'),
  model('a handoff to itself', ', handoff: [engineer]', 'duplicate-name@4:engineer'),
  model('a handoff to one twice', ', handoff: [docs, docs]', 'duplicate-name@4:docs'),
  model('a handoff to nobody', ', handoff: []', 'wrong-shape@4:[]'),
  model('a handoff in one word', ', handoff: docs', 'wrong-shape@4:docs'),
  model('a handoff to a person', ', handoff: [Ada]', 'invalid-name@4:Ada'),
  model('no turns', ', limits: { turns: 0 }', 'out-of-range@4:0'),
  model('too many turns', ', limits: { turns: 101 }', 'out-of-range@4:101'),
  model('too many calls', ', limits: { calls: 1001 }', 'out-of-range@4:1001'),
  model('half a token', ', limits: { tokens: 0.5 }', 'out-of-range@4:0.5'),
  model('work for nothing', ', limits: { cost: 0 }', 'out-of-range@4:0'),
  model('time without a unit', ', limits: { time: soon }', 'invalid-duration@4:soon'),
  model('a misspelt limit', ', limits: { turn: 3 }', 'unknown-key@4:turn'),
  read('an answer in words, read as an object', '', 'steps.m.output.text', 'type-mismatch@5'),
  read(
    'what the model does not answer',
    ', output: { defects: "string[]" }',
    'steps.m.output.defcts',
    'unknown-field@5:defcts',
  ),
  faulty(
    'a model, and no budget',
    'name: T\nversion: 1.0.0\nsteps:\n  - { name: m, agent: engineer, goal: a, tools: [ { tool: payment.refund, approval: {} } ] }\n',
    'no-budget@3:steps',
  ),
  faulty(
    'a tool of a model whose price nobody knows',
    'name: T\nversion: 1.0.0\nsteps:\n  - { name: m, agent: engineer, goal: a, tools: [ { tool: crm.note, provider: acme } ] }\nguards: { budget: { maxCost: 1 } }\n',
    'unknown-price@5:guards',
  ),
];

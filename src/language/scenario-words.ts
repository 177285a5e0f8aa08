/** Every word of scenario files, in tables as those of definitions are. */
import type { JsonSchema } from '../plan/json';
import type { Word, Words } from './vocabulary';

const text: JsonSchema = { type: 'string' };
const any: JsonSchema = {};
const map: JsonSchema = { type: 'object' };
const texts: JsonSchema = { type: 'array', items: text };
/** `#/$defs/…` are in scenario-schema.ts. */
const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });
const list = (name: string): JsonSchema => ({ type: 'array', items: ref(name) });
const duration = ref('moment');

const word = (description: string, schema: JsonSchema): Word => ({ description, schema });
const required = (description: string, schema: JsonSchema): Word => ({ description, schema, required: true });

/** Of a file that holds several scenarios. */
export const FILE_WORDS = {
  tools: word('Contracts of tools that do not exist yet, by name.', ref('tools')),
  mocks: word('Mocks of every scenario in the file.', list('mock')),
  agents: word('Mock agents of every scenario in the file.', list('agent')),
  setup: word('Commands of every scenario in the file.', ref('setup')),
  scenarios: required('The scenarios.', list('scenario')),
} as const satisfies Words;

export const SCENARIO_WORDS = {
  name: required('What it shows, in a few words.', text),
  description: word('What it is for.', text),
  setup: word('create_mock_tool, create_mock_agent and set_feature_flag commands.', ref('setup')),
  mocks: word('What tools answer.', list('mock')),
  agents: word('What agents answer.', list('agent')),
  unmocked: word('fail, or sample: a call without a mock is answered with a value of its type.', {
    enum: ['fail', 'sample'],
  }),
  messages: word('What comes from outside while the one execution runs.', list('message')),
  steps: required('What is done.', { ...list('step'), minItems: 1 }),
  expect: word('What the one execution comes to.', ref('expect')),
  teardown: word(
    'Commands that undo setup; a scenario has a copy of its own, so nothing is left in any case.',
    ref('teardown'),
  ),
} as const satisfies Words;

/** Of a file, or a body, that is one scenario. */
export const LONE_SCENARIO_WORDS = { ...SCENARIO_WORDS, tools: FILE_WORDS.tools } as const satisfies Words;

export const STEP_WORDS = {
  action: required('execute_workflow or check_feature_flag.', { enum: ['execute_workflow', 'check_feature_flag'] }),
  input: required('What the action takes.', map),
  expectedOutput: word('Partial match on what comes out.', any),
  timeout: word('Most virtual time that it may take.', duration),
  messages: word('What comes from outside while it runs.', list('message')),
  expect: word('What it comes to.', ref('expect')),
} as const satisfies Words;

export const EXECUTE_WORDS = {
  workflowName: required('Id of the definition.', text),
  payload: word('Its payload; required fields that are left out are filled.', map),
  context: word('The context of the execution.', any),
} as const satisfies Words;

export const FLAG_WORDS = { name: required('The flag.', text) } as const satisfies Words;

export const TOOL_WORDS = {
  title: word('A short name for people.', text),
  description: word('What it does.', text),
  input: word('Types of what it takes.', ref('fields')),
  output: word('Types of what it answers.', ref('fields')),
  idempotent: word('key, natural or none; key when it is not written.', { enum: ['key', 'natural', 'none'] }),
  timeout: word('Bounds one attempt; 30s when it is not written.', duration),
  provider: word('Who will provide it, several as a | b; whoever the language knows when it is not written.', text),
  price: word('US dollars of one call.', { type: 'number', minimum: 0 }),
} as const satisfies Words;

const ANSWER_WORDS = {
  output: word('The answer; required fields that are left out are filled.', any),
  raw: word('The answer as it is, to show what a misfit comes to.', any),
  error: word('A type of problem, or { type, detail, retryAfter, retryable }.', ref('error')),
  delay: word('How long it takes.', duration),
  usage: word('inputTokens, outputTokens, costUsd.', ref('usage')),
} as const satisfies Words;

export const RESPONSE_WORDS = {
  input: word('Partial match on what the tool is given.', any),
  attempt: word('Only this attempt of a call, from 1.', { type: 'integer', minimum: 1 }),
  step: word('Only calls of the step at this path, or of steps in it.', text),
  turn: word('Only this turn of a model that works by itself, from 1.', { type: 'integer', minimum: 1 }),
  ...ANSWER_WORDS,
} as const satisfies Words;

export const MOCK_WORDS = {
  tool: required('The tool, such as stt.transcribe.', text),
  provider: required('The provider that is stood in for, or several as a | b.', text),
  unconfigured: word('Why it is passed over.', text),
  responses: word('Answers in order; the first that matches is given.', list('response')),
  defaultResponse: word('The answer where none matches.', any),
  defaultDelay: word('How long that takes.', duration),
  ...ANSWER_WORDS,
} as const satisfies Words;

export const AGENT_WORDS = {
  id: required('The agent, such as manager-001: its type is what stands before the number.', text),
  name: word('What people call it.', text),
  capabilities: word('What it answers beside its responses.', texts),
  responses: word('Answers by message type.', list('agentResponse')),
  defaultResponse: word('The answer where none matches.', any),
  defaultDelay: word('How long that takes.', duration),
} as const satisfies Words;

export const AGENT_RESPONSE_WORDS = {
  messageType: required('The capability that a step asks for.', text),
  response: word('The answer; required fields that are left out are filled.', any),
  error: ANSWER_WORDS.error,
  delay: ANSWER_WORDS.delay,
  usage: ANSWER_WORDS.usage,
} as const satisfies Words;

export const ERROR_WORDS = {
  type: required('A type of problem.', ref('problemType')),
  detail: word('What it says.', text),
  retryAfter: word('How long it asks to wait.', duration),
  retryable: word('Whether a second attempt makes sense, whatever the type says.', { type: 'boolean' }),
} as const satisfies Words;

export const USAGE_WORDS = {
  inputTokens: word('Tokens in.', { type: 'integer', minimum: 0 }),
  outputTokens: word('Tokens out.', { type: 'integer', minimum: 0 }),
  costUsd: word('US dollars.', { type: 'number', minimum: 0 }),
} as const satisfies Words;

export const MESSAGE_WORDS = {
  at: required('How long after the start.', duration),
  signal: word('A message of this name.', text),
  payload: word('What the signal carries.', any),
  answer: word('An answer to the question that the step at this path asks.', text),
  data: word('What the answer says.', map),
  by: word('Who answers.', text),
  roles: word('In which roles.', texts),
  refused: word('The type of problem that the answer is refused with.', ref('problemType')),
  cancel: word('true: the execution is cancelled.', { const: true }),
} as const satisfies Words;

export const EXPECT_WORDS = {
  status: word('completed, failed or cancelled.', { enum: ['completed', 'failed', 'cancelled'] }),
  path: word('Every step that began, in order: a path, or { path: status }.', list('place')),
  outputs: word('Outputs by step path; partial match.', map),
  output: word("The execution's output; partial match.", any),
  error: word("A type of problem, or a partial match on the execution's error.", ref('errorMatch')),
  calls: word('What tools were asked, in order.', list('call')),
  agents: word('Tasks that agents were given, in order.', list('agentTask')),
  events: word('What was emitted, in order.', list('event')),
  cost: word('Most US dollars.', { type: 'number', minimum: 0 }),
  tokens: word('Most tokens.', { type: 'integer', minimum: 0 }),
  elapsed: word('Exactly so much virtual time, or { atLeast, atMost }.', ref('elapsed')),
  compensations: word('Steps that were undone, in order.', texts),
  withheld: word('Texts that no tool and no event was given: personal data, for example.', texts),
  noPersonalData: word('true: no call of an outside provider took personal data along.', { const: true }),
} as const satisfies Words;

export const CALL_WORDS = {
  tool: required('The tool.', text),
  provider: word('The provider.', text),
  count: word('How many attempts; at least one when it is not written.', { type: 'integer', minimum: 0 }),
  input: word('Partial match.', any),
} as const satisfies Words;

export const AGENT_TASK_WORDS = {
  agent: required('The type of the agent.', text),
  capability: word('What it was asked for.', text),
  count: word('How many tasks; at least one when it is not written.', { type: 'integer', minimum: 0 }),
  input: word('Partial match.', any),
} as const satisfies Words;

export const EVENT_WORDS = {
  type: required('The type of the event.', text),
  count: word('How many; at least one when it is not written.', { type: 'integer', minimum: 0 }),
  data: word('Partial match.', any),
} as const satisfies Words;

export const ELAPSED_WORDS = {
  atLeast: word('Not less.', duration),
  atMost: word('Not more.', duration),
} as const satisfies Words;

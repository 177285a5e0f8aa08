/** Every word of the definition language, in tables: the parser refuses what is not in them, and the editor's JSON Schema is made of them. */
import type { JsonSchema } from '../plan/json';

/** One key of a mapping. */
export interface Word {
  readonly description: string;
  /** JSON Schema of its value; `#/$defs/…` are in definition-schema.ts. */
  readonly schema: JsonSchema;
  readonly required?: true;
}

export type Words = Readonly<Record<string, Word>>;

const text: JsonSchema = { type: 'string' };
const count: JsonSchema = { type: 'integer', minimum: 1 };
const any: JsonSchema = {};
const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });

const agentType: JsonSchema = { type: 'string', pattern: '^[a-z][a-z0-9-]*$' };
const capability: JsonSchema = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_.-]*$' };
const join: JsonSchema = { anyOf: [{ enum: ['all', 'any'] }, count] };

const word = (description: string, schema: JsonSchema): Word => ({ description, schema });
const required = (description: string, schema: JsonSchema): Word => ({ description, schema, required: true });

export const DEFINITION_WORDS = {
  name: required('What people call the definition.', text),
  id: word('The name in URLs and the workflow type; without it, the file name.', {
    type: 'string',
    pattern: '^[a-z][a-z0-9-]*$',
  }),
  description: word('What it is for, in a sentence.', text),
  version: required('Semantic version, quoted or with three parts.', text),
  trigger: word('What starts it, and the payload it takes.', ref('trigger')),
  types: word('Types with names, for reuse.', { type: 'object', additionalProperties: ref('type') }),
  defaults: word('Timeout and retry of every tool step that has none of its own.', ref('defaults')),
  steps: required('What is done, in order.', ref('steps')),
  output: word("The execution's output; without it, the last step's.", any),
  guards: word('Budget, security and fallbacks.', ref('guards')),
  finally: word('Steps that run at the end, whatever happened.', ref('steps')),
  concurrency: word('How many executions may be at work at once.', ref('concurrency')),
} as const satisfies Words;

export const TRIGGER_WORDS = {
  event: word('CloudEvents type, or several as a | b.', text),
  payload: word('The types of the payload.', ref('fields')),
  schedule: word('Times at which it starts by itself.', ref('schedule')),
  webhook: word('Signed messages that start it, at POST /hooks/<id>.', ref('webhook')),
} as const satisfies Words;

/** What happens when the execution before still runs; Temporal's overlap policies. */
export const OVERLAPS = ['skip', 'buffer-one', 'buffer-all', 'cancel-other', 'allow-all'] as const;

export const SCHEDULE_WORDS = {
  cron: required('Minute, hour, day of the month, month, day of the week.', {
    type: 'string',
    pattern: '^\\s*\\S+(\\s+\\S+){4}\\s*$',
  }),
  timezone: word('IANA name, such as Europe/Madrid; UTC when it is not written.', text),
  overlap: word('What happens when the execution before still runs; skip when it is not written.', {
    enum: [...OVERLAPS],
  }),
  payload: word('The payload of every start, without expressions.', { type: 'object' }),
} as const satisfies Words;

export const WEBHOOK_WORDS = {
  verify: required('How the sender proves itself.', { const: 'standard-webhooks' }),
  secret: required('Name of the environment variable that holds the secret.', {
    type: 'string',
    pattern: '^[A-Z][A-Z0-9_]*$',
  }),
  payload: word('The payload, over the root body; without it, the body itself.', { type: 'object' }),
} as const satisfies Words;

export const CONCURRENCY_WORDS = {
  key: word('Executions with the same value share the limit; without it, all of the definition.', any),
  limit: required('How many may be at work at once.', { type: 'integer', minimum: 1, maximum: 1000 }),
  whenFull: word('queue: the others wait for their turn; refuse: they fail as conflict.', {
    enum: ['queue', 'refuse'],
  }),
} as const satisfies Words;

export const DEFAULTS_WORDS = {
  timeout: word('Bounds one attempt.', ref('duration')),
  retry: word('How often and how soon a tool is tried again.', ref('retry')),
} as const satisfies Words;

export const RETRY_WORDS = {
  when: word('In a list: the errors that this rule is for.', ref('expression')),
  maxAttempts: word('Attempts in all, 1 to 100.', { type: 'integer', minimum: 1, maximum: 100 }),
  initialInterval: word('Wait before the second attempt.', ref('duration')),
  backoff: word('What each wait is multiplied by.', { type: 'number', minimum: 1 }),
  maxInterval: word('No wait is longer.', ref('duration')),
} as const satisfies Words;

export const GUARDS_WORDS = {
  budget: word('What an execution may use.', ref('budget')),
  security: word('How data are treated.', ref('security')),
  fallbacks: word('By tool category: a provider, or text-only or skip.', {
    type: 'object',
    additionalProperties: text,
  }),
} as const satisfies Words;

export const BUDGET_WORDS = {
  maxMs: word('Milliseconds from start to end.', count),
  maxTokens: word('Tokens of all models together.', count),
  maxCost: word('US dollars.', { type: 'number', exclusiveMinimum: 0 }),
} as const satisfies Words;

export const SECURITY_WORDS = {
  piiRedaction: word('Personal data are replaced before a call leaves.', { type: 'boolean' }),
  dataRetention: word('How long an execution is kept.', ref('duration')),
  encryption: word('Payloads are encrypted.', { type: 'boolean' }),
} as const satisfies Words;

/** Keys that any step may have. */
export const STEP_WORDS = {
  name: word('Unique in the file.', ref('name')),
  description: word('What the step is for.', text),
  summary: word("Shown in Temporal's Web UI beside the step's name.", text),
  if: word('The step is skipped when this is false.', ref('expression')),
  onError: word('fail, continue, or handlers.', ref('handlers')),
} as const satisfies Words;

const compensate = word('Undoes the step when the execution fails after it.', ref('compensate'));
const timeout = word('Bounds the whole step.', ref('duration'));

/** The kinds of steps: the key that names the kind, and the keys that go with it. */
export const KIND_WORDS = {
  tool: {
    tool: required('category.action, for example stt.transcribe.', text),
    provider: word('Who does it, tried in this order: a | b.', text),
    config: word(
      'fallback, timeout, model, settings for one provider under its name; the rest goes to the provider.',
      ref('config'),
    ),
    input: word('What the tool takes.', { type: 'object' }),
    output: word('Types of what it answers.', ref('fields')),
    timeout: word('Bounds one attempt.', ref('duration')),
    retry: word('How often and how soon it is tried again; a list is matched by error.', {
      anyOf: [ref('retry'), { type: 'array', items: ref('retry'), minItems: 1 }],
    }),
    compensate,
  },
  workflow: {
    workflow: required('Id of the definition that is executed.', {
      type: 'string',
      pattern: '^[a-z][a-z0-9-]*$',
    }),
    input: word('Its payload.', { type: 'object' }),
    await: word('false: the output is the id of the execution, at once.', { type: 'boolean' }),
    output: word('Types of its output.', ref('fields')),
    timeout,
    compensate,
  },
  agent: {
    agent: required('The type of the agent, such as engineer.', agentType),
    capability: word('What it is to do: one of its capabilities. Needed without a goal.', capability),
    goal: word('What a model is to reach by itself, turn by turn, with the tools that it may call.', text),
    instructions: word('How the model is to behave, and what it must know.', text),
    think: word('Who thinks: the providers of llm.object, tried in order.', ref('think')),
    tools: word('All that the model may call.', { type: 'array', minItems: 1, items: ref('agentTool') }),
    handoff: word('Types of agents that the model may hand the work over to.', {
      type: 'array',
      minItems: 1,
      items: agentType,
    }),
    limits: word('What ends the work of the model, whichever comes first.', ref('limits')),
    priority: word('Which task is taken first; normal when it is not written.', {
      enum: ['critical', 'high', 'normal', 'low'],
    }),
    input: word('What it is given.', { type: 'object' }),
    output: word('Types of what it answers.', ref('fields')),
    retry: word('How often and how soon the task is given to an agent again.', ref('retry')),
    pool: word('Only agents of this pool of the type.', agentType),
    requires: word('Capabilities that the agent needs beside.', { type: 'array', minItems: 1, items: capability }),
    maxWait: word('How long it waits for an agent; 30s when it is not written.', ref('duration')),
    otherwise: word('Who gets it when nobody was there in that time; without it the step fails.', ref('otherwise')),
    deadline: word('The task itself ends as timeout after so long; its agent is told.', ref('duration')),
    timeout: word('Bounds the whole task.', ref('duration')),
    compensate,
  },
  emit: { emit: required('Sends an event, which starts what triggers on its type.', ref('emit')), timeout },
  set: { set: required('Values by name, read as vars.<name>.', { type: 'object' }), timeout },
  parallel: {
    parallel: required('Branches by name: one step, or a list.', {
      type: 'object',
      minProperties: 1,
      additionalProperties: { anyOf: [ref('branchStep'), ref('steps')] },
    }),
    join: word('all, any, or how many branches must complete.', join),
    timeout,
  },
  forEach: {
    forEach: required('The list.', ref('expression')),
    steps: required('What is done for every item.', ref('steps')),
    as: word('What expressions call the item; item when it is not written.', {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    }),
    concurrency: word('How many items run at once, 1 to 200; 10 when it is not written.', {
      type: 'integer',
      minimum: 1,
      maximum: 200,
    }),
    collect: word("What an item gives to the list of results; without it, the last step's output.", ref('expression')),
    join: word('all, any, or how many items must complete.', join),
    onItemError: word('continue: the place of a failed item holds { error }.', { enum: ['fail', 'continue'] }),
    timeout,
  },
  repeat: {
    repeat: required('When it ends.', ref('repeat')),
    steps: required('What is done in every round.', ref('steps')),
    timeout,
  },
  switch: {
    switch: required('Cases in order; the first that is true is taken.', {
      type: 'array',
      minItems: 1,
      items: ref('case'),
    }),
    timeout,
  },
  steps: {
    steps: required('A nested list: one scope for if, timeout and onError.', ref('steps')),
    timeout,
    compensate,
  },
  wait: {
    wait: required('A duration, or until a time.', {
      anyOf: [ref('duration'), ref('waitUntil')],
    }),
  },
  waitFor: { waitFor: required('A message from a person or a program.', ref('waitFor')) },
  fail: { fail: required('Raises a typed error.', ref('fail')) },
  return: { return: required('Ends the execution as completed, with this output.', any) },
} as const satisfies Readonly<Record<string, Words>>;

export type Kind = keyof typeof KIND_WORDS;

/** How a model-driven agent asks its model. */
export const THINK_WORDS = {
  provider: word('Who is asked, tried in this order: a | b. Without it, all that provide llm.object.', text),
  config: word('fallback, timeout, model, settings for one provider under its name; the rest goes to the provider.', {
    $ref: '#/$defs/config',
  }),
  timeout: KIND_WORDS.tool.timeout,
  retry: KIND_WORDS.tool.retry,
} as const satisfies Words;

/** Keys of everything that a model may call. */
const MAY_CALL_WORDS = {
  name: word('What the model calls it; without it, made of what is called.', ref('name')),
  description: word('What the model is told of it; without it, its own description.', text),
  approval: word('A person must agree to every call.', ref('approval')),
} as const satisfies Words;

export const MAY_CALL_TOOL_WORDS = {
  tool: KIND_WORDS.tool.tool,
  ...MAY_CALL_WORDS,
  provider: KIND_WORDS.tool.provider,
  config: KIND_WORDS.tool.config,
  timeout: KIND_WORDS.tool.timeout,
  retry: KIND_WORDS.tool.retry,
} as const satisfies Words;

export const MAY_CALL_WORKFLOW_WORDS = {
  workflow: KIND_WORDS.workflow.workflow,
  ...MAY_CALL_WORDS,
  timeout,
} as const satisfies Words;

export const MAY_CALL_AGENT_WORDS = {
  agent: KIND_WORDS.agent.agent,
  capability: required('What it is asked for: one of its capabilities.', capability),
  input: word('Types of what it takes; without them any object.', ref('fields')),
  ...MAY_CALL_WORDS,
  priority: KIND_WORDS.agent.priority,
  timeout: KIND_WORDS.agent.timeout,
  retry: KIND_WORDS.agent.retry,
} as const satisfies Words;

export const APPROVAL_WORDS = {
  roles: word('Roles that may agree; without it, anyone who answers tasks.', ref('roles')),
  timeout: word('The call is refused when nobody has agreed by then; 24h when it is not written.', ref('duration')),
} as const satisfies Words;

export const OTHERWISE_WORDS = {
  agent: word('Another type: its agents are looked for as long again.', agentType),
  human: word('Roles of people, who find it in the inbox.', ref('roles')),
} as const satisfies Words;

export const LIMITS_WORDS = {
  turns: word('Questions to the model, 1 to 100; 10 when it is not written.', {
    type: 'integer',
    minimum: 1,
    maximum: 100,
  }),
  calls: word('Calls of tools in all turns together, 1 to 1000; 20 when it is not written.', {
    type: 'integer',
    minimum: 1,
    maximum: 1000,
  }),
  tokens: word('Tokens of the model; 100000 when it is not written.', count),
  cost: word('US dollars; 1 when it is not written.', { type: 'number', exclusiveMinimum: 0 }),
  time: word('From beginning to end; 30m when it is not written.', ref('duration')),
} as const satisfies Words;

export const REPEAT_WORDS = {
  while: word('Tested before a round.', ref('expression')),
  until: word('Tested after a round.', ref('expression')),
  max: word('How many rounds at most.', count),
  every: word('Least time from the beginning of a round to that of the next.', ref('duration')),
} as const satisfies Words;

export const WAIT_WORDS = {
  until: required('A timestamp, or its text.', ref('expression')),
} as const satisfies Words;

export const WAIT_FOR_WORDS = {
  signal: required('The name of the message.', { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_.-]*$' }),
  from: word('Roles that may answer; without it, anyone.', ref('roles')),
  form: word('Types of the answer.', ref('fields')),
  timeout: word('How long it waits.', ref('duration')),
  onTimeout: word('fail, continue, or handlers.', ref('handlers')),
  reminders: word('What is done while nobody answers.', { type: 'array', minItems: 1, items: ref('reminder') }),
} as const satisfies Words;

export const REMINDER_WORDS = {
  after: word('Once, so long after the wait has begun.', ref('duration')),
  every: word('Again and again.', ref('duration')),
  to: word('Roles that may answer too from then on.', ref('roles')),
  steps: word('What is done.', ref('steps')),
} as const satisfies Words;

export const COMPENSATE_WORDS = {
  tool: required('The tool that undoes what the step has done.', text),
  if: word('It is left out when this is false.', ref('expression')),
  input: KIND_WORDS.tool.input,
  timeout: KIND_WORDS.tool.timeout,
  retry: KIND_WORDS.tool.retry,
} as const satisfies Words;

export const HANDLER_WORDS = {
  when: word('The errors that this handler is for.', ref('expression')),
  continue: word('The step stays failed and the execution goes on.', { const: true }),
  steps: word('Steps that run instead; the last gives the output.', ref('steps')),
} as const satisfies Words;

export const CASE_WORDS = {
  when: word('The case is taken when this is true.', ref('expression')),
  steps: word('What runs then.', ref('steps')),
  default: word('What runs when no case is true.', ref('steps')),
} as const satisfies Words;

export const EMIT_WORDS = {
  type: required('CloudEvents type of the event.', { type: 'string', pattern: '^[^\\s|]+$' }),
  data: word('What the event says: the payload of what it starts.', any),
} as const satisfies Words;

export const FAIL_WORDS = {
  type: required('A type of error; one outside the list becomes app/<name>.', text),
  detail: word('What happened, and what to do next.', text),
  data: word('Anything that handlers may need.', any),
} as const satisfies Words;

/** Keys of `config` that are the platform's own. */
export const CONFIG_WORDS = {
  fallback: word('Tried when all providers have failed: a provider, or text-only or skip.', text),
  timeout: word('Bounds one attempt.', ref('duration')),
  model: word('Counts for the providers that know it.', text),
  prefer: word('Tries the providers of the list in another order than the written one.', {
    enum: ['cost', 'latency', 'health'],
  }),
  stream: word('Shows what the model has written so far, while it writes.', { type: 'boolean' }),
} as const satisfies Words;

/** The long form of a type. */
export const TYPE_WORDS = {
  type: required('string, number, integer, boolean, object, array, any, T[], a | b, or a named type.', text),
  description: word('What the value means.', text),
  default: word('Taken when the field is missing; makes it optional.', any),
  enum: word('Only these values.', { type: 'array', minItems: 1 }),
  minimum: word('Least number.', { type: 'number' }),
  maximum: word('Greatest number.', { type: 'number' }),
  minLength: word('Least number of characters.', { type: 'integer', minimum: 0 }),
  maxLength: word('Greatest number of characters.', { type: 'integer', minimum: 0 }),
  minItems: word('Least number of items.', { type: 'integer', minimum: 0 }),
  maxItems: word('Greatest number of items.', { type: 'integer', minimum: 0 }),
  pattern: word('RE2 pattern that the text must contain.', text),
  format: word('date-time, date, time, email, uri or uuid.', text),
  fields: word('Fields of an object.', ref('fields')),
  pii: word('Personal data: email, phone, name, address, card, …', text),
} as const satisfies Words;

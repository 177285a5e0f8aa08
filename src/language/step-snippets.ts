/** What an editor offers to write: a whole definition, and a step of each kind. `${1:name}` is a place to fill. */
import type { Json, JsonObject } from '../plan/json';
import type { Words } from './vocabulary';
import { KIND_WORDS } from './vocabulary';
import { requiredOf } from './word-schema';

export interface Snippet extends JsonObject {
  readonly label: string;
  readonly description: string;
  readonly body: Json;
}

/** A place to fill; the text after the number stands there until it is filled. */
const place = (number: number, text: string): string => `\${${number}:${text}}`;
const inner = [{ name: place(2, 'inner'), set: { value: 1 } }];

/** What stands under the keys of a kind, the name aside. Keys that a kind needs and that are not here hold a place to fill. */
const BODIES: Readonly<Record<string, JsonObject>> = {
  tool: { tool: place(2, 'category.action'), input: {} },
  workflow: { workflow: place(2, 'other-definition'), input: {} },
  agent: { agent: place(2, 'engineer'), capability: place(3, 'code_generation'), input: {} },
  emit: { emit: { type: place(2, 'app.thing.happened'), data: {} } },
  set: { set: { [place(2, 'value')]: place(3, '1') } },
  parallel: { parallel: { [place(2, 'left')]: { set: { a: 1 } }, [place(3, 'right')]: { set: { b: 2 } } } },
  forEach: {
    forEach: place(3, 'trigger.context.list'),
    steps: [{ name: place(2, 'inner'), tool: place(4, 'category.action'), input: {} }],
  },
  repeat: { repeat: { max: 10 }, steps: inner },
  switch: {
    switch: [
      { when: place(3, 'trigger.context.vip'), steps: inner },
      { default: [{ name: place(4, 'otherwise'), set: { other: 2 } }] },
    ],
  },
  steps: { steps: inner },
  wait: { wait: place(2, '10s') },
  waitFor: {
    waitFor: {
      signal: place(2, 'decision'),
      form: { approved: 'boolean' },
      timeout: place(3, '24h'),
      onTimeout: 'fail',
    },
  },
  fail: { fail: { type: place(2, 'not-acceptable'), detail: place(3, 'What happened.') } },
  return: { return: { done: true } },
};

/** A step of the kind `agent` that a model works on by itself. */
const GOAL: Snippet = {
  label: 'agent with a goal',
  description: 'A model works towards a goal, with the tools that it may call.',
  body: {
    name: place(1, 'step'),
    agent: place(2, 'engineer'),
    goal: place(3, 'What is to be reached'),
    tools: [place(4, 'web.search')],
    limits: { turns: 8, calls: 20, tokens: 20_000, cost: 0.5, time: '10m' },
    output: { [place(5, 'answer')]: 'string' },
  },
};

export function stepSnippets(): readonly Snippet[] {
  const kinds = Object.entries<Words>(KIND_WORDS).map(([kind, words]) => {
    const rest =
      BODIES[kind] ?? Object.fromEntries(requiredOf(words).map((key, index) => [key, place(index + 2, key)]));
    return {
      label: kind === 'steps' ? 'group of steps' : `${kind} step`,
      description: words[kind]?.description ?? '',
      body: { name: place(1, 'step'), ...rest },
    };
  });
  return [...kinds, GOAL];
}

export const DEFINITION_SNIPPETS: readonly Snippet[] = [
  {
    label: 'definition',
    description: 'A whole definition.',
    body: {
      name: place(1, 'What people call it'),
      version: '1.0.0',
      trigger: { payload: { text: 'string' } },
      steps: [{ name: place(2, 'step'), set: { value: 1 } }],
    },
  },
];

/** A problem as a person reads it: what it is called, what happened, what to do next, where to read on. */
import type { BuiltInProblemType, Problem } from '../plan/problem';
import type { Terminal } from './terminal';

/** What to do next, for problems whose detail may leave that open. */
const NEXT: Readonly<Record<BuiltInProblemType, string>> = {
  validation: 'Mend what is named above and try again.',
  authentication: 'Set the key that the server or the provider asks for.',
  authorization: 'Ask for a key that may do this.',
  'not-found': 'Check the name; `omni validate` lists the definitions of this checkout.',
  'method-not-allowed': 'The server is of another version: update it or this command.',
  conflict: 'Look at the execution first: it may have ended already.',
  'too-large': 'Send less, or refer to a stored value.',
  'unsupported-media-type': 'The server is of another version: update it or this command.',
  'rate-limited': 'Wait a moment and try again.',
  timeout: 'Raise the step’s timeout, or look whether the far side answers.',
  'provider-unavailable': 'Run `omni doctor`: it says what is missing and how to supply it.',
  'tool-error': 'Look at the step in the Temporal Web UI; add a fallback when it happens often.',
  'outcome-unknown': 'Find out at the far side whether the call was done before you repeat it.',
  expression: 'Mend the expression in the definition.',
  'budget-exceeded': 'Raise the definition’s budget, or spend less.',
  policy: 'The definition or the platform forbids this: change the rule or the call.',
  'no-agent': 'Start a worker for this type of agent.',
  cancelled: 'Start it again when you want it done after all.',
  internal: 'This is a defect of ours: please report it with the text above.',
};

/** The text, with a line break at its end. */
export function problemText(problem: Problem, paint: Terminal['paint']): string {
  const { type, title, detail, step, provider, errors = [] } = problem;
  const where = [step && `step ${step}`, provider && `provider ${provider}`].filter(Boolean).join(', ');
  const next = Object.hasOwn(NEXT, type) ? NEXT[type as BuiltInProblemType] : undefined;
  return [
    `${paint('red', `✖ ${title}`)}${where && ` (${where})`}`,
    ...detail.split('\n').map((line) => `  ${line}`),
    ...errors.map((fault) => `    ${paint('cyan', fault.pointer || '/')}  ${fault.detail}`),
    ...(next === undefined ? [] : [`  ${paint('bold', 'Next:')} ${next}`]),
    ...(next === undefined ? [] : [`  ${paint('dim', `docs/problems.md#${type}`)}`]),
    '',
  ].join('\n');
}

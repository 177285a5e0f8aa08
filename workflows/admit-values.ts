/**
 * What may come in unencrypted: a start without a plan, as Temporal's CLI and Web UI send it, the signals that a definition asks for, and
 * questions. Everything else that nobody encrypted, or that cannot be opened, is refused.
 */
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { proxySinks, workflowInfo } from '@temporalio/workflow';
import { isObject } from '../src/plan/json';
import { OWN_TYPES } from '../src/plan/own-types';
import type { PlaintextSinks } from '../src/plan/plaintext';
import type { Problem } from '../src/plan/problem';
import { problemOf } from '../src/plan/problem';
import { asFailure } from './failure';
import { Plain, Unopened } from './marked-value';

const { plaintext } = proxySinks<PlaintextSinks>();

/** Nothing here waits: an extra turn of the event loop would change the order in which old histories ran. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [
    {
      execute(input, next) {
        const [argument, carried] = input.args;
        const unopened = input.args.find((one) => one instanceof Unopened);
        // Not thrown: the SDK takes for the execution's own failure only what a promise is rejected with.
        if (unopened !== undefined) return Promise.reject(failureOf(unopened));
        if (!input.args.some((one) => one instanceof Plain)) return next(input);
        const accepted = !(carried instanceof Plain) && isBareStart(argument);
        plaintext.seen({ kind: 'start', accepted });
        return accepted ? next({ ...input, args: bare(input.args) }) : Promise.reject(refused('A start'));
      },
      handleSignal(input, next) {
        const { signalName, args } = input;
        const unopened = args.some((one) => one instanceof Unopened);
        if (!unopened && !args.some((one) => one instanceof Plain)) return next(input);
        // Names of our own hold a colon, which no definition's message can.
        const accepted = !unopened && !signalName.includes(':') && !isOwn();
        plaintext.seen({ kind: 'signal', accepted });
        return accepted ? next({ ...input, args: bare(args) }) : Promise.resolve();
      },
      validateUpdate(input, next) {
        refuseMarked(input.args);
        next(input);
      },
      handleUpdate(input, next) {
        refuseMarked(input.args);
        return next(input);
      },
      handleQuery(input, next) {
        refuseUnopened(input.args);
        return next({ ...input, args: bare(input.args) });
      },
    },
  ],
});

/** A payload, or one in our own frame (of a schedule that was made before values were encrypted) that names nothing else. */
function isBareStart(argument: unknown): boolean {
  if (isOwn()) return false;
  const value = argument instanceof Plain ? argument.value : argument;
  return !isObject(value) || value['omni'] !== 1 || Object.keys(value).every((key) => BARE.has(key));
}

const BARE: ReadonlySet<string> = new Set(['omni', 'payload', 'context', 'event']);

function isOwn(): boolean {
  return OWN_TYPES.includes(workflowInfo().workflowType);
}

function bare(args: readonly unknown[]): unknown[] {
  return args.map((one) => (one instanceof Plain ? one.value : one));
}

function refuseMarked(args: readonly unknown[]): void {
  refuseUnopened(args);
  if (args.some((one) => one instanceof Plain)) throw refused('An update');
}

function refuseUnopened(args: readonly unknown[]): void {
  const unopened = args.find((one) => one instanceof Unopened);
  if (unopened !== undefined) throw failureOf(unopened);
}

function failureOf({ type, title, status, detail }: Problem): Error {
  return asFailure({ type, title, status, detail });
}

function refused(what: string): Error {
  return asFailure(
    problemOf(
      'policy',
      `${what} came unencrypted that only this platform may send. Send it over its API, or give the Temporal client the codec server.`,
    ),
  );
}

/** Keeps count of what a call has used over all of its attempts, in the heartbeats, so that no attempt's charge is lost. */
import { Context } from '@temporalio/activity';
import { own } from '../src/plan/json';
import type { Usage } from '../src/plan/record';
import { addUsage, NO_USAGE } from '../src/plan/record';
import type { SpentSoFar } from '../src/plan/spent';
import { spentIn } from '../src/plan/spent';
import type { AnswerUsage } from '../src/tools/tool';
import type { Postponed } from './postponement';
import { postponedOf } from './postponement';

export interface Account {
  /** What the running attempt's provider told last. */
  readonly noted: AnswerUsage | undefined;
  readonly note: (used: AnswerUsage) => void;
  /** A usage with what the attempts before have used. */
  readonly with: (usage: Usage) => Usage;
  /** An attempt is about to be sent; `lost` is charged when this worker is heard of no more. */
  readonly begin: (lost: Usage) => void;
  /** An attempt has failed, all of them together having used so much: the next one goes on from there. */
  readonly end: (spent: Usage) => void;
  /** How long the call has waited for limits. */
  readonly postponed: Postponed;
  /** The attempt ends without a call; the next one is told so. */
  readonly postpone: (all: Postponed) => void;
  /** Says it again. */
  readonly pulse: () => void;
}

export interface AccountParts {
  /** Counts from 1, postponed attempts included. */
  readonly attempt: number;
  /** Of the last heartbeat of the attempts before. */
  readonly details: unknown;
  /** Whether a candidate costs anything; else nothing needs to be told. */
  readonly paid: boolean;
}

export function openAccount({ attempt, details, paid }: AccountParts): Account {
  let before = spentIn(details);
  const heard = own(details, 'attempt');
  // What an earlier attempt left to be remembered goes along with every heartbeat, or it would be forgotten.
  const postponed = postponedOf(details);
  const carried = postponed.times === 0 ? {} : { postponed };
  let said: SpentSoFar & { readonly postponed?: Postponed } = { attempt, spent: before, ...carried };
  let noted: AnswerUsage | undefined;
  const pulse = (): void => Context.current().heartbeat(said);
  const say = (now: SpentSoFar): void => {
    said = { ...now, ...carried };
    if (paid) pulse();
  };
  return {
    get noted() {
      return noted;
    },
    note(used) {
      noted = Object.keys(used).length === 0 ? undefined : used;
    },
    with: (usage) => (before === NO_USAGE ? usage : { ...usage, ...addUsage(before, usage) }),
    begin(lost) {
      // An attempt that ends says so: one that said nothing at all was lost before its first word was heard.
      const silent = paid && attempt > 1 ? attempt - 1 - (typeof heard === 'number' ? heard : 0) : 0;
      for (let i = 0; i < silent; i += 1) before = addUsage(before, lost);
      say({ attempt, spent: before, running: lost });
    },
    end: (spent) => say({ attempt, spent }),
    postponed,
    postpone(all) {
      said = { attempt, spent: before, postponed: all };
      pulse();
    },
    pulse,
  };
}

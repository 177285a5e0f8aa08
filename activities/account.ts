/** Keeps count of what a call has used over all of its attempts, in the heartbeats, so that no attempt's charge is lost. */
import { Context } from '@temporalio/activity';
import { own } from '../src/plan/json';
import type { Usage } from '../src/plan/record';
import { addUsage, NO_USAGE } from '../src/plan/record';
import type { SpentSoFar } from '../src/plan/spent';
import { spentIn } from '../src/plan/spent';
import type { AnswerUsage } from '../src/tools/tool';

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
  /** Says it again. */
  readonly pulse: () => void;
}

export interface AccountParts {
  /** Counts from 1. */
  readonly attempt: number;
  /** Of the last heartbeat of the attempts before. */
  readonly details: unknown;
  /** Whether a candidate costs anything; else nothing needs to be told. */
  readonly paid: boolean;
}

export function openAccount({ attempt, details, paid }: AccountParts): Account {
  let before = spentIn(details);
  const heard = own(details, 'attempt');
  let said: SpentSoFar = { attempt, spent: before };
  let noted: AnswerUsage | undefined;
  const pulse = (): void => Context.current().heartbeat(said);
  const say = (now: SpentSoFar): void => {
    said = now;
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
    pulse,
  };
}

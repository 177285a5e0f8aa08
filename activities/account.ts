/** Keeps count of what a call has used over all of its attempts, in the heartbeats, so that no attempt's charge is lost. */
import { Context } from '@temporalio/activity';
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

/** `details`: of the last heartbeat of the attempt before. */
export function openAccount(details: unknown): Account {
  const before = spentIn(details);
  let said: SpentSoFar = { spent: before };
  let noted: AnswerUsage | undefined;
  const pulse = (): void => Context.current().heartbeat(said);
  const say = (now: SpentSoFar): void => {
    said = now;
    pulse();
  };
  return {
    get noted() {
      return noted;
    },
    note(used) {
      noted = Object.keys(used).length === 0 ? undefined : used;
    },
    with: (usage) => (before === NO_USAGE ? usage : { ...usage, ...addUsage(before, usage) }),
    begin: (lost) => say({ spent: before, running: lost }),
    end(spent) {
      if (isSomething(spent) || isSomething(said.running ?? before)) say({ spent });
    },
    pulse,
  };
}

function isSomething({ inputTokens, outputTokens, costUsd }: Usage): boolean {
  return inputTokens + outputTokens + costUsd > 0;
}

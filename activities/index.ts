/** The bridge from a workflow to the world: what a worker registers. */
import type { MatchAgent, NoteTask } from '../src/plan/agent-task';
import { MATCH_AGENT_ACTIVITY, NOTE_TASK_ACTIVITY, unmatched } from '../src/plan/agent-task';
import type { LookAtAgent, SettleMessage, TakeMessage, TaskEnd } from '../src/plan/agent-message';
import {
  LOOK_AT_AGENT_ACTIVITY,
  SETTLE_MESSAGE_ACTIVITY,
  TAKE_MESSAGE_ACTIVITY,
  TASK_END_ACTIVITY,
} from '../src/plan/agent-message';
import type { LookAtAlerts, SendAlert } from '../src/plan/alert';
import { LOOK_AT_ALERTS_ACTIVITY, SEND_ALERT_ACTIVITY } from '../src/plan/alert';
import { BREATH_ACTIVITY } from '../src/plan/breath';
import type { Emit } from '../src/plan/emit';
import { EMIT_ACTIVITY } from '../src/plan/emit';
import type { LoadPlan } from '../src/plan/load';
import { LOAD_PLAN_ACTIVITY } from '../src/plan/load';
import type { Rank } from '../src/plan/preference';
import { RANK_ACTIVITY } from '../src/plan/preference';
import type { OpenBlob, StoreList } from '../src/plan/stored-list';
import { OPEN_BLOB_ACTIVITY, STORE_LIST_ACTIVITY } from '../src/plan/stored-list';
import type { AskTurn, StillRunning } from '../src/plan/turn';
import { ASK_TURN_ACTIVITY, STILL_RUNNING_ACTIVITY } from '../src/plan/turn';
import { createLookAtAgent, createSettleMessage, createTakeMessage, taskEnd } from './agent-messages';
import { createLookAtAlerts, createSendAlert } from './alerts';
import type { CallTool } from './call-tool';
import { createCallTool } from './call-tool';
import type { ActivityDependencies } from './dependencies';
import { createEmit } from './emit';
import { createLoadPlan } from './load-plan';
import { createRank } from './rank';
import { askTurn, lookAfter } from './turns';
import { createOpenBlob, createStoreList } from './stored-list';

export interface Activities {
  readonly [LOAD_PLAN_ACTIVITY]: LoadPlan;
  readonly [OPEN_BLOB_ACTIVITY]: OpenBlob;
  readonly [EMIT_ACTIVITY]: Emit;
  readonly [RANK_ACTIVITY]: Rank;
  readonly [ASK_TURN_ACTIVITY]: AskTurn;
  readonly [STILL_RUNNING_ACTIVITY]: StillRunning;
  readonly [STORE_LIST_ACTIVITY]: StoreList;
  readonly [BREATH_ACTIVITY]: () => Promise<void>;
  readonly [MATCH_AGENT_ACTIVITY]: MatchAgent;
  readonly [NOTE_TASK_ACTIVITY]: NoteTask;
  readonly [LOOK_AT_AGENT_ACTIVITY]: LookAtAgent;
  readonly [TAKE_MESSAGE_ACTIVITY]: TakeMessage;
  readonly [SETTLE_MESSAGE_ACTIVITY]: SettleMessage;
  readonly [TASK_END_ACTIVITY]: TaskEnd;
  readonly [LOOK_AT_ALERTS_ACTIVITY]: LookAtAlerts;
  readonly [SEND_ALERT_ACTIVITY]: SendAlert;
  /** Every other activity type is a tool's name, and the worker sends it here. */
  readonly default: CallTool;
}

export function createActivities(dependencies: ActivityDependencies): Activities {
  return {
    [LOAD_PLAN_ACTIVITY]: createLoadPlan(dependencies),
    [OPEN_BLOB_ACTIVITY]: createOpenBlob(dependencies),
    [EMIT_ACTIVITY]: createEmit(dependencies),
    [STORE_LIST_ACTIVITY]: createStoreList(dependencies),
    [BREATH_ACTIVITY]: () => Promise.resolve(),
    [MATCH_AGENT_ACTIVITY]:
      dependencies.matchAgent ??
      ((request) => Promise.resolve(unmatched(request, 'This installation keeps no register of agents'))),
    [NOTE_TASK_ACTIVITY]: dependencies.noteTask ?? (() => Promise.resolve()),
    [RANK_ACTIVITY]: createRank(dependencies),
    [ASK_TURN_ACTIVITY]: askTurn,
    [STILL_RUNNING_ACTIVITY]: lookAfter,
    [LOOK_AT_AGENT_ACTIVITY]: createLookAtAgent(dependencies),
    [TAKE_MESSAGE_ACTIVITY]: createTakeMessage(dependencies),
    [SETTLE_MESSAGE_ACTIVITY]: createSettleMessage(dependencies),
    [TASK_END_ACTIVITY]: taskEnd,
    [LOOK_AT_ALERTS_ACTIVITY]: createLookAtAlerts(dependencies),
    [SEND_ALERT_ACTIVITY]: createSendAlert(dependencies),
    default: createCallTool(dependencies),
  };
}

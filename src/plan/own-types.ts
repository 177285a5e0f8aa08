/** Workflow types of our own: they hold a colon, which no id of a definition can. */
import { ALERT_ROUND_TYPE } from './alert';
import { AGENT_TASK_TYPE } from './agent';
import { AGENT_INBOX_TYPE } from './agent-message';
import { TURN_LOCK_TYPE } from './turn';

export const OWN_TYPES: readonly string[] = [AGENT_TASK_TYPE, AGENT_INBOX_TYPE, TURN_LOCK_TYPE, ALERT_ROUND_TYPE];

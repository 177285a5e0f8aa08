/** The workflow that looks at all alerts, once per start: a Temporal Schedule starts it. */
export const ALERT_ROUND_TYPE = 'alerts:round';
export const LOOK_AT_ALERTS_ACTIVITY = 'omni:look-at-alerts';
export const SEND_ALERT_ACTIVITY = 'omni:send-alert';

/** Evaluates all rules; gives the events whose webhooks are to be sent now. */
export type LookAtAlerts = () => Promise<readonly string[]>;
/** Sends the webhook of one event; what fails is noted, and is due again later. */
export type SendAlert = (seq: string) => Promise<void>;

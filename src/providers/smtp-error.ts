/** What a mail server's refusal or a broken connection means to us, in texts without anything that it said. */
import { OmniError, type BuiltInProblemType } from '../plan/problem';

/** How the client describes what went wrong. */
interface SmtpFault extends Error {
  readonly code?: string;
  /** Of the socket. */
  readonly originalCode?: string;
  readonly responseCode?: number;
  /** The command that was under way. */
  readonly command?: string;
}

/** Nothing was sent, unless that is what nobody knows. */
export function refused(type: BuiltInProblemType, detail: string, retryable?: false): OmniError {
  const undone = type !== 'outcome-unknown';
  return new OmniError(type, detail, { provider: 'smtp', undone, ...(retryable === undefined ? {} : { retryable }) });
}

/** By the code of the reply (https://www.rfc-editor.org/rfc/rfc5321#section-4.2), else by what happened to the connection. */
function asProblem(thrown: unknown): OmniError {
  if (thrown instanceof OmniError) return thrown;
  const { code = 'connection lost', originalCode = code, responseCode, command = '' } = thrown as SmtpFault;
  const how = `smtp (${responseCode ?? originalCode})`;
  if (responseCode !== undefined && responseCode < 500)
    return refused('provider-unavailable', `${how} cannot take the message now. It can be sent later.`);
  if (code === 'EAUTH') return refused('authentication', `${how} does not accept the login. Check SMTP_URL.`);
  if (responseCode === 552 || (code === 'EMESSAGE' && command === 'MAIL FROM'))
    return refused('too-large', `${how} does not take a message of this size. Attach less.`);
  if (code === 'EENVELOPE' && command === 'RCPT TO')
    return refused('validation', `${how} refuses every recipient. Check the step's input.`);
  if (code === 'EENVELOPE')
    return refused('authorization', `${how} refuses the sender. Check EMAIL_FROM and SMTP_URL.`);
  if (code === 'ETLS' || /^ERR_(TLS|SSL)|CERT|SIGNATURE/.test(originalCode))
    return refused('provider-unavailable', `${how} offers no encryption that can be trusted. Check SMTP_URL.`, false);
  if (responseCode !== undefined)
    return refused('tool-error', `${how} refuses the message. Check the step's input.`, false);
  if (code === 'ETIMEDOUT') return refused('timeout', `${how} did not answer in time. It can be tried again.`);
  return refused('provider-unavailable', `${how} could not be reached. Check the network and SMTP_URL.`);
}

/** The same; `handedOver`: the content was given to the server, which then never said what it made of it. */
export function faultOf(thrown: unknown, handedOver: boolean): OmniError {
  const answered = (thrown as SmtpFault).responseCode !== undefined;
  if (!handedOver || answered) return asProblem(thrown);
  return refused(
    'outcome-unknown',
    'The connection to the mail server ended after the message was handed over: whether it was sent is unknown.',
  );
}

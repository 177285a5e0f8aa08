/** Sends webhooks of alerts to the address that the operator set, signed as Standard Webhooks says. */
import { createHmac } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { request } from 'undici';
import type { Environment } from '../config';
import type { SendWebhook } from '../monitoring/alert-telling';
import { OmniError } from '../plan/problem';
import { webhookSecrets } from './standard-webhooks';

const URL_VARIABLE = 'ALERT_WEBHOOK_URL';
const SECRET_VARIABLE = 'ALERT_WEBHOOK_SECRET';
const ANSWER_MS = 10_000;

/** Undefined: no address is set. Throws `provider-unavailable` when what the secret's variable holds is none. */
export function alertWebhook(variables: Environment, door: Dispatcher): SendWebhook | undefined {
  const url = variables[URL_VARIABLE];
  if (url === undefined || url === '') return undefined;
  const secrets = webhookSecrets(variables, SECRET_VARIABLE);
  return async ({ id, body }) => {
    const text = JSON.stringify(body);
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signatures = secrets.map(
      (secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${text}`).digest('base64')}`,
    );
    const status = await post(url, door, {
      text,
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signatures.join(' '),
      },
    });
    if (status < 200 || status > 299)
      throw new OmniError('provider-unavailable', `The address in ${URL_VARIABLE} answered with ${status}.`);
  };
}

/** The status; redirections are not followed. */
async function post(
  url: string,
  dispatcher: Dispatcher,
  { text, headers }: { readonly text: string; readonly headers: Readonly<Record<string, string>> },
): Promise<number> {
  try {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      dispatcher,
      headers: { ...headers },
      body: text,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await body.dump();
    return statusCode;
  } catch (error) {
    throw new OmniError('provider-unavailable', `The address in ${URL_VARIABLE} does not answer.`, { cause: error });
  }
}

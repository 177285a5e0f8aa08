/** Standard Webhooks: whether a message comes from one who knows the secret, is fresh, and is what was sent (https://www.standardwebhooks.com). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Environment } from '../config';
import { OmniError } from '../plan/problem';

/** A message as it came: three headers, where they were sent, and the bytes of the body. */
export interface SignedMessage {
  readonly id: string | undefined;
  /** Seconds since 1970. */
  readonly timestamp: string | undefined;
  /** `v1,<base64>`, one or several with a blank between. */
  readonly signature: string | undefined;
  readonly body: Buffer;
}

export interface VerifiedMessage {
  readonly id: string;
  readonly sentAt: Date;
}

/** How far the sender's clock may be from ours, in seconds. */
const TOLERANCE_S = 300;

/** The standard asks senders for so many bytes. */
const MIN_SECRET_BYTES = 24;

/** An id with a full stop could shift the borders between what is signed. */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,255}$/;

/** Throws `authentication` when a header is missing or odd, the message is not fresh, or no signature matches. */
export function verifyMessage(message: SignedMessage, secrets: readonly Buffer[], nowMs: number): VerifiedMessage {
  const { id, timestamp, signature, body } = message;
  if (id === undefined || timestamp === undefined || signature === undefined)
    throw refused('It needs the headers webhook-id, webhook-timestamp and webhook-signature');
  if (!ID.test(id)) throw refused('Its webhook-id is not 1 to 255 printable characters without blanks and full stops');
  if (!/^\d{1,12}$/.test(timestamp)) throw refused('Its webhook-timestamp is not a number of seconds since 1970');
  const ageS = Math.floor(nowMs / 1000) - Number(timestamp);
  if (Math.abs(ageS) > TOLERANCE_S)
    throw refused(
      `Its webhook-timestamp is more than ${TOLERANCE_S / 60} minutes ${ageS > 0 ? 'old' : 'ahead'}: send it anew, and check both clocks`,
    );
  const given = signature.split(' ').flatMap((part) => (part.startsWith('v1,') ? [Buffer.from(part.slice(3))] : []));
  const expected = secrets.map((secret) =>
    Buffer.from(createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64')),
  );
  // Every pair is compared, so that the time taken tells nothing.
  const matches = expected.flatMap((one) =>
    given.map((other) => one.length === other.length && timingSafeEqual(one, other)),
  );
  if (!matches.includes(true)) throw refused('None of its v1 signatures is right for this body');
  return { id, sentAt: new Date(Number(timestamp) * 1000) };
}

function refused(why: string): OmniError {
  return new OmniError('authentication', `The message is not accepted. ${why}.`);
}

/**
 * The keys in an environment variable: `whsec_<base64>`, or several with blanks between while a secret is replaced. Throws
 * `provider-unavailable` (503: senders try again) when it is not set or holds anything else.
 */
export function webhookSecrets(variables: Environment, name: string): readonly Buffer[] {
  const texts = (variables[name] ?? '').split(/\s+/).filter((text) => text !== '');
  if (texts.length === 0) throw unusable(`the environment variable ${name} is not set here. Set it and restart`);
  return texts.map((text) => {
    const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
    const key = Buffer.from(encoded, 'base64');
    if (key.length >= MIN_SECRET_BYTES) return key;
    throw unusable(
      `what the environment variable ${name} holds is no secret: whsec_ and at least ${MIN_SECRET_BYTES} random bytes in base64, several with blanks between`,
    );
  });
}

function unusable(why: string): OmniError {
  return new OmniError('provider-unavailable', `This webhook takes no messages yet: ${why}.`);
}

/** `trigger.webhook`: signed messages that start a definition, and what its payload is made of. */
import type { JsonSchema } from '../plan/json';
import type { WebhookTrigger } from '../plan/plan';
import type { Compilation } from './compilation';
import { checkInput } from './input-check';
import { jsonSchemaToType } from './json-schema';
import { isMapping, readFields, readLiteral } from './mapping';
import type { Report } from './report';
import { Scope } from './scope';
import type { Entry } from './tree';
import { ANY } from './type';
import type { Value } from './value';
import { objectValue } from './value';
import { WEBHOOK_WORDS } from './vocabulary';

/** `input`: JSON Schema of the trigger's payload. */
export function compileWebhook(cx: Compilation, entry: Entry, input: JsonSchema): WebhookTrigger | undefined {
  const fields = readFields(cx.report, entry.value, WEBHOOK_WORDS, 'the key webhook');
  if (fields === undefined) return undefined;
  const verified = readVerify(cx.report, fields.verify);
  const secret = readSecret(cx.report, fields.secret);
  const payload = fields.payload && compilePayload(cx, fields.payload, input);
  if (!verified || secret === undefined) return undefined;
  return { verify: 'standard-webhooks', secret, ...(payload === undefined ? {} : { payload: payload.template }) };
}

function readVerify(report: Report, entry: Entry | undefined): boolean {
  const text = entry && readLiteral(report, entry.value, 'the key verify');
  if (text === undefined || text.value === 'standard-webhooks') return text !== undefined;
  const message =
    'Senders are verified by standard-webhooks (https://www.standardwebhooks.com); there is no other way yet.';
  report.add('unknown-word', text.range, message, 'standard-webhooks');
  return false;
}

function readSecret(report: Report, entry: Entry | undefined): string | undefined {
  const text = entry && readLiteral(report, entry.value, 'the key secret');
  if (text === undefined || /^[A-Z][A-Z0-9_]{0,99}$/.test(text.value)) return text?.value;
  report.add(
    'invalid-name',
    text.range,
    'The key secret is the name of an environment variable in capitals, such as REFUND_WEBHOOK_SECRET. The secret itself never stands in a definition.',
  );
  return undefined;
}

/** Only `body` is known: there is no execution yet. Nothing is known of what it holds, so it is checked as it comes. */
function compilePayload(cx: Compilation, { keyRange, value }: Entry, input: JsonSchema): Value | undefined {
  if (!isMapping(cx.report, value, 'the key payload')) return undefined;
  const arriving: Compilation = { ...cx, scope: new Scope(), roots: { body: ANY } };
  const payload = objectValue(arriving, value.entries, value.range);
  checkInput(arriving, payload, jsonSchemaToType(input), {
    tool: 'The trigger',
    head: keyRange,
    path: '',
    payload: true,
  });
  return payload;
}

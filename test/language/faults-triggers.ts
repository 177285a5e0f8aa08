/** Faults of what starts a definition by itself: times and signed messages. */
import type { FaultyDefinition } from './faulty';
import { faulty } from './faulty';

const starting = (what: string, trigger: string, ...found: readonly string[]): FaultyDefinition =>
  faulty(what, `name: T\nversion: 1.0.0\ntrigger:\n${trigger}steps: [ { name: s, set: { a: 1 } } ]\n`, ...found);
const scheduled = (what: string, schedule: string, ...found: readonly string[]): FaultyDefinition =>
  starting(
    what,
    `  payload: { day: string, list: "integer[]", size?: { type: integer, minimum: 3 } }\n  schedule: ${schedule}\n`,
    ...found,
  );
const timed = (what: string, cron: string, ...found: readonly string[]): FaultyDefinition =>
  starting(what, `  schedule: { cron: "${cron}" }\n`, ...found);
const hooked = (what: string, webhook: string, ...found: readonly string[]): FaultyDefinition =>
  starting(what, `  payload: { id: string, amount: number, note?: string }\n  webhook: ${webhook}\n`, ...found);

const PAYLOAD = 'payload: { day: monday, list: [] }';
const HOOK = 'verify: standard-webhooks, secret: A_SECRET';

export const TRIGGER_FAULTS: readonly FaultyDefinition[] = [
  timed('a schedule of four fields', '0 8 * *', 'invalid-cron@4:"0 8 * *"'),
  timed('a schedule with seconds', '0 0 8 * * 1', 'invalid-cron@4'),
  timed('a schedule that is a nickname', '@daily', 'invalid-cron@4:"@daily"'),
  timed('an hour of 24', '0 24 * * *', 'invalid-cron@4'),
  timed('a range from end to beginning', '0 8 * * 5-1', 'invalid-cron@4'),
  timed('a step of nothing', '*/0 * * * *', 'invalid-cron@4'),
  timed('a weekday that is no word', '0 8 * * monday', 'invalid-cron@4'),
  timed('the 31st of months that are shorter', '0 8 31 2,4 *', 'invalid-cron@4:"0 8 31 2,4 *"'),
  scheduled('a schedule that is its times', '"0 8 * * *"', 'wrong-shape@5'),
  scheduled('a schedule without times', `{ ${PAYLOAD} }`, 'missing-key@5:payload'),
  scheduled(
    'a key of a schedule that there is not',
    `{ cron: "0 8 * * *", ${PAYLOAD}, zone: UTC }`,
    'unknown-key@5:zone',
  ),
  scheduled(
    'an offset for a time zone',
    `{ cron: "0 8 * * *", timezone: "+01:00", ${PAYLOAD} }`,
    'unknown-timezone@5:"+01:00"',
  ),
  scheduled(
    'a time zone in small letters',
    `{ cron: "0 8 * * *", timezone: europe/madrid, ${PAYLOAD} }`,
    'unknown-timezone@5:europe/madrid',
  ),
  scheduled(
    'an overlap that ends without finally',
    `{ cron: "0 8 * * *", overlap: terminate-other, ${PAYLOAD} }`,
    'unknown-word@5:terminate-other',
  ),
  scheduled(
    'a schedule without the payload that is required',
    '{ cron: "0 8 * * *" }',
    'payload-misfit@5:schedule',
    'payload-misfit@5:schedule',
  ),
  scheduled(
    'a payload of a schedule that lacks a field',
    '{ cron: "0 8 * * *", payload: { day: monday } }',
    'payload-misfit@5:day',
  ),
  scheduled(
    'a payload of a schedule with another type, inside',
    '{ cron: "0 8 * * *", payload: { day: monday, list: [1, 2.5] } }',
    'payload-misfit@5:2.5',
  ),
  scheduled(
    'a payload of a schedule below its minimum',
    '{ cron: "0 8 * * *", payload: { day: monday, list: [], size: 2 } }',
    'payload-misfit@5:2',
  ),
  scheduled(
    'a field that the payload of a schedule may not have',
    '{ cron: "0 8 * * *", payload: { day: monday, list: [], days: 7 } }',
    'payload-misfit@5:7',
  ),
  scheduled(
    'an expression in the payload of a schedule',
    '{ cron: "0 8 * * *", payload: { day: "${now()}", list: [] } }',
    'wrong-shape@5:"${now()}"',
  ),
  scheduled('a payload of a schedule that is a list', '{ cron: "0 8 * * *", payload: [1] }', 'wrong-shape@5:[1]'),
  hooked('a webhook without a secret', '{ verify: standard-webhooks }', 'missing-key@5:verify'),
  hooked('a webhook without a way to verify', '{ secret: A_SECRET }', 'missing-key@5:secret'),
  hooked('a webhook verified in another way', '{ verify: github, secret: A_SECRET }', 'unknown-word@5:github'),
  hooked(
    'a secret that stands in the definition',
    '{ verify: standard-webhooks, secret: whsec_MfKQ9r8GKYqrTwjU }',
    'invalid-name@5:whsec_MfKQ9r8GKYqrTwjU',
  ),
  hooked('a secret that is an expression', '{ verify: standard-webhooks, secret: "${body.secret}" }', 'wrong-shape@5'),
  hooked(
    'a payload of a webhook that lacks a field',
    `{ ${HOOK}, payload: { id: "\${body.id}" } }`,
    'payload-misfit@5:payload',
  ),
  hooked(
    'a payload of a webhook with a field too many',
    `{ ${HOOK}, payload: { id: "\${body.id}", amount: 1, total: 2 } }`,
    'payload-misfit@5:total',
  ),
  hooked(
    'a payload of a webhook with text for a number',
    `{ ${HOOK}, payload: { id: "\${body.id}", amount: "\${string(body.sum)}" } }`,
    'type-mismatch@5:string(body.sum)',
  ),
  hooked(
    'a payload of a webhook that may lack what is required',
    `{ ${HOOK}, payload: { id: "\${body.?id}", amount: 1 } }`,
    'optional-into-required@5:body.?id',
  ),
  hooked(
    'a payload of a webhook that reads the trigger',
    `{ ${HOOK}, payload: { id: "\${trigger.payload.id}", amount: 1 } }`,
    'unknown-root@5:trigger',
  ),
  hooked(
    'a payload of a webhook that reads a step',
    `{ ${HOOK}, payload: { id: "\${steps.s.output.a}", amount: 1 } }`,
    'step-not-yet-run@5:s',
  ),
  starting(
    'the body of a webhook in a step',
    `  webhook: { ${HOOK} }\nfinally: [ { name: last, if: body.id == 1, wait: 1s } ]\n`,
    'unknown-root@5:body',
  ),
];

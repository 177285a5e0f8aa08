/** The tool `http.request`: one request to any address of the web, where no provider speaks for it. */
import { z } from 'zod';
import type { ToolContract } from './tool';

const plain = z.union([z.string().max(8000), z.number(), z.boolean()]);

/** What carries secrets is put in by the platform, from the settings, and what frames a message by its client. */
const RESERVED =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|idempotency-key|authorization|cookie2?)$|api-?key|token|secret|password/i;

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;

const headers = z
  .record(
    z.string(),
    z
      .string()
      .max(8000)
      .regex(/^[\x20-\x7e]*$/, 'holds characters that no header can carry'),
  )
  .superRefine((given, context) => {
    for (const name of Object.keys(given)) {
      const fault = HEADER_NAME.test(name)
        ? RESERVED.test(name) && 'is not for a step to set: secrets come by `auth`'
        : 'is no name of a header';
      if (fault !== false) context.addIssue({ code: 'custom', path: [name], message: fault });
    }
  });

export const httpInput = z
  .strictObject({
    method: z
      .enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
      .optional()
      .describe(
        'GET unless told. GET, HEAD, PUT and DELETE may be tried again, the others only if `repeatable` says so.',
      ),
    url: z
      .url({ protocol: /^https?$/ })
      .max(8000)
      .describe('Address, without user and password. It must be public, or allowed by OMNI_OUTGOING_ALLOW.'),
    query: z
      .record(z.string(), z.union([plain, z.array(plain)]))
      .optional()
      .describe('Added to the address; a list repeats its name.'),
    headers: headers.optional().describe('Headers of the request; none that carries a secret.'),
    auth: z.string().optional().describe('Name of a credential in the setting `http.credentials`.'),
    json: z.unknown().optional().describe('The body, sent as JSON.'),
    form: z.record(z.string(), plain).optional().describe('The body, sent as a form.'),
    text: z.string().optional().describe('The body, sent as text of the type `mediaType`.'),
    data: z
      .string()
      .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'is not base64')
      .meta({ contentEncoding: 'base64' })
      .optional()
      .describe('The body in base64, or a stored value, sent as bytes of the type `mediaType`.'),
    mediaType: z
      .string()
      .regex(/^[\w.+-]+\/[\w.+-]+(; ?[\w-]+=[\w.+-]+)*$/)
      .optional()
      .describe('Of `text` (`text/plain` unless told) or `data` (`application/octet-stream`).'),
    expect: z
      .array(z.int().min(200).max(599))
      .min(1)
      .optional()
      .describe('Status codes that are answers; all others are errors. 200 to 299 unless told.'),
    repeatable: z
      .boolean()
      .optional()
      .describe(
        'Whether a POST or PATCH may be tried again: the server acts once per `Idempotency-Key`, which every attempt carries, or does no harm.',
      ),
  })
  .refine(
    ({ json, form, text, data }) => [json, form, text, data].filter((body) => body !== undefined).length <= 1,
    'has more than one body; give one of json, form, text and data',
  );

export const httpOutput = z.object({
  status: z.int().describe('Status code of the answer.'),
  headers: z
    .record(z.string(), z.string())
    .describe('Headers of the answer that tell of its content and of limits, by their names in small letters.'),
  mediaType: z.string().describe('Media type of the body; empty without one.'),
  body: z.unknown().describe('JSON as data, text as text, anything else in base64; null when there is none.'),
});

export type HttpInput = z.infer<typeof httpInput>;
export type HttpOutput = z.infer<typeof httpOutput>;

const SAFE: readonly unknown[] = [undefined, 'GET', 'HEAD', 'PUT', 'DELETE'];

export const httpRequest: ToolContract = {
  name: 'http.request',
  title: 'Make an HTTP request',
  description: 'Sends a request to an address of the web and gives the answer.',
  category: 'http',
  input: httpInput,
  output: httpOutput,
  idempotent: 'none',
  idempotentFor({ method, repeatable }) {
    if (SAFE.includes(method)) return 'natural';
    return repeatable === true ? 'key' : 'none';
  },
  placement: 'remote',
  timeoutMs: 30_000,
  unredacted: ['url', 'method', 'headers', 'auth', 'mediaType'],
};

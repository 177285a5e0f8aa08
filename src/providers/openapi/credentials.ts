/** The security schemes of an OpenAPI document, with the operator's keys put in. */
import type { JsonObject } from '../../plan/json';
import { own } from '../../plan/json';
import { follow, objectOf, text } from './document';

/** By scheme, what a request carries. */
export type Credentials = Readonly<Record<string, Credential>>;

interface Credential {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** `keys` by the schemes' names: a key, a token, or `user:password` for basic. A text says what is wrong with them. */
export function credentials(root: JsonObject, keys: Readonly<Record<string, string>>): Credentials | string {
  const schemes = objectOf(own(own(root, 'components'), 'securitySchemes'));
  const granted: Record<string, Credential> = {};
  for (const [name, key] of Object.entries(keys)) {
    if (!Object.hasOwn(schemes, name))
      return `its document has no security scheme ${name}, but ${Object.keys(schemes).join(', ') || 'none'}`;
    // Checked here, because what cannot stand in a header would be quoted by the error of `fetch`.
    if (!/^[\x20-\x7e]*$/.test(key)) return `the key of ${name} holds characters that no key has`;
    granted[name] = credential(follow(root, schemes[name]), key);
  }
  return granted;
}

function credential(scheme: JsonObject, key: string): Credential {
  const name = text(scheme['name']) ?? '';
  if (scheme['type'] === 'apiKey' && scheme['in'] === 'query') return { query: { [name]: key } };
  if (scheme['type'] === 'apiKey' && scheme['in'] === 'cookie')
    return { headers: { cookie: `${name}=${encodeURIComponent(key)}` } };
  if (scheme['type'] === 'apiKey') return { headers: { [name.toLowerCase()]: key } };
  const basic = text(scheme['scheme'])?.toLowerCase() === 'basic';
  return { headers: { authorization: basic ? `Basic ${Buffer.from(key).toString('base64')}` : `Bearer ${key}` } };
}

/** Versions as entity tags: `ETag` on what is read, `If-Match` on what is changed (https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1). */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

export const IfMatchHeaders = z.object({
  'if-match': z
    .string()
    .optional()
    .describe('The `ETag` that was read: the change is refused if there is a newer version.'),
});

export function etagOf(version: number): { readonly ETag: string } {
  return { ETag: `"${version}"` };
}

/** The version that a change is meant for; -1, which nothing has, for a tag that is none of ours. */
export function ifVersionOf(headers: IncomingHttpHeaders): { readonly ifVersion?: number } {
  const tag = headers['if-match']?.trim();
  if (tag === undefined || tag === '*') return {};
  const [, version] = /^"(\d{1,9})"$/.exec(tag) ?? [];
  return { ifVersion: Number(version ?? -1) };
}

/** Of a definition as it was written: files have no version that rises by itself. */
export function textTag(text: string): { readonly ETag: string } {
  return { ETag: `"${createHash('sha256').update(text).digest('base64url')}"` };
}

/** The definition that a new version is meant to follow, as its tag. */
export function ifTagOf(headers: IncomingHttpHeaders): string | undefined {
  const tag = headers['if-match']?.trim();
  return tag === '*' ? undefined : tag;
}

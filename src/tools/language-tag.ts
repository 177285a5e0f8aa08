/** Language codes as tools take them: BCP 47 tags such as `en`, `pt` or `en-US` (https://www.rfc-editor.org/rfc/rfc5646). */
import { z } from 'zod';

const TAG = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;

export function languageTag(description: string): z.ZodString {
  return z
    .string()
    .max(35)
    .regex(TAG, 'must be a BCP 47 language code such as en, pt or en-US')
    .describe(`${description} A BCP 47 code such as en, pt or en-US.`);
}

/** The language without region and script, in lower case: `pt` of `pt-BR`. */
export function primaryLanguage(tag: string): string {
  return (tag.split('-')[0] ?? tag).toLowerCase();
}

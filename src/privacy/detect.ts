/** Finds personal data in a text, by all detectors together. */
import { addresses, emails, phones } from './contacts';
import type { Detector, Finding } from './finding';
import { united } from './finding';
import { accounts, cards, nationalIds } from './numbers';
import { people } from './people';
import { secrets } from './secrets';

const DETECTORS: readonly Detector[] = [
  ...secrets,
  emails,
  accounts,
  cards,
  ...nationalIds,
  ...addresses,
  phones,
  ...people,
];

/** What a place is taken for that several detectors claim: check digits say more than shapes, shapes more than words. */
export const KIND_ORDER = ['key', 'email', 'iban', 'card', 'national-id', 'ip', 'phone', 'address', 'name'];

/** A longer text without a space is a file in base64, or the like: bytes are not read. */
const LONGEST_WORD = 4096;

/** Sorted by place, without overlaps. Time grows with the length of the text. */
export function detect(text: string, more: readonly Finding[] = []): readonly Finding[] {
  if (isBytes(text)) return [];
  return united([...more, ...DETECTORS.flatMap((detector) => [...detector(text)])], KIND_ORDER);
}

export function isBytes(text: string): boolean {
  return text.length > LONGEST_WORD && /^(?:data:[\w.+/;=-]{1,100},)?[A-Za-z0-9+/_=-]*$/.test(text);
}

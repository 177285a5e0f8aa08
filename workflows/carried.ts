/** What travels from one run to the next: the state itself, or, where it is too large, where the pieces of its text are stored. */
import type { CarriedState } from '../src/interpreter/state';
import type { BlobReference } from '../src/plan/blob';
import type { Json } from '../src/plan/json';
import { utf8Bytes } from '../src/plan/json';
import { OmniError } from '../src/plan/problem';
import { breathe } from './breath';
import { openPage } from './stored-list';

export type Carried = CarriedState | StoredState;

export interface StoredState {
  readonly stored: readonly BlobReference[];
  /** Text that follows the stored pieces. */
  readonly rest: string;
}

/** Stored pieces by their text. */
export type Pieces = ReadonlyMap<string, BlobReference>;

/** Temporal refuses payloads of 2 MiB. */
const MAX_CARRIED_BYTES = 1_900_000;
/** Each run has it in its history once more, which may hold 50 MB. */
const MAX_STATE_BYTES = 16 * 1024 * 1024;
/** In characters: even as JSON in UTF-8 it fits what an activity may give. */
const PIECE_LENGTH = 500_000;
const TEXT_LENGTH = 20_000;
/** The completion of a workflow task must fit a message of 4 MiB. */
const PIECES_PER_TASK = 2;

/** What can travel now, or the pieces of text that have to be stored first. */
export function pack(state: CarriedState, pieces: Pieces): { readonly carried: Carried } | { missing: string[] } {
  const text = JSON.stringify(state);
  const bytes = utf8Bytes(text);
  if (bytes <= MAX_CARRIED_BYTES) return { carried: state };
  if (bytes > MAX_STATE_BYTES) throw tooLarge(bytes, MAX_STATE_BYTES);
  const whole = Math.floor(text.length / PIECE_LENGTH);
  const texts = Array.from({ length: whole }, (_, i) => text.slice(i * PIECE_LENGTH, (i + 1) * PIECE_LENGTH));
  const stored = texts.flatMap((piece) => pieces.get(piece) ?? []);
  // What grows, the mailbox, stands last: letters that arrive while pieces are stored change the rest alone.
  if (stored.length === whole) return { carried: { stored, rest: text.slice(whole * PIECE_LENGTH) } };
  return { missing: texts.filter((piece) => !pieces.has(piece)) };
}

/** Reads the state back, with the bytes that this has put into the history. */
export async function unpack({ stored, rest }: StoredState): Promise<CarriedState> {
  let text = '';
  for (const [i, reference] of stored.entries()) {
    if (i > 0 && i % PIECES_PER_TASK === 0) await breathe();
    text += await readPiece(reference);
  }
  return JSON.parse(text + rest) as CarriedState;
}

/** A piece is stored as a list of texts, each too small to be stored by itself. */
export function pieceList(piece: string): readonly string[] {
  const count = Math.ceil(piece.length / TEXT_LENGTH);
  return Array.from({ length: count }, (_, i) => piece.slice(i * TEXT_LENGTH, (i + 1) * TEXT_LENGTH));
}

async function readPiece(reference: BlobReference): Promise<string> {
  const texts: Json[] = [];
  for (let length = 1; texts.length < length;) {
    const page = await openPage(reference, texts.length);
    texts.push(...page.items);
    length = page.length;
  }
  return texts.map(String).join('');
}

/** Bytes of history that reading a state takes, quotes being escaped in it. */
export function readingBytes({ stored }: StoredState): number {
  return 1.5 * stored.reduce((total, { bytes }) => total + bytes, 0);
}

export function isStored(carried: Carried | undefined): carried is StoredState {
  return carried !== undefined && 'stored' in carried;
}

export function tooLarge(bytes: number, limit = MAX_CARRIED_BYTES): OmniError {
  return new OmniError(
    'too-large',
    `The execution holds ${bytes} bytes of results, over the limit of ${limit} that it can carry on with. Let steps return less.`,
  );
}

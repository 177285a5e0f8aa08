/**
 * Partial text of the calls that run in this process, on its way out: of each call the newest, some times a second, all of them
 * together, and never waited for. What cannot be sent is sent anew in full, as long as its call runs.
 */
import type { PartialChannel, PartialPiece } from '../src/store/partial-channel';
import type { CallAttempt } from '../src/tools/call-attempt';

export interface PartialOutbox {
  /** For one attempt of a call; at once it takes back what was shown of the step before. */
  open(executionId: string, attempt: CallAttempt): PartialText;
}

export interface PartialText {
  /** The text so far, in full. */
  readonly tell: (text: string) => void;
  /** The attempt has ended: what is told from now on is not sent. */
  readonly close: () => void;
}

/** Often enough to read along. */
const EVERY_MS = 150;
/** After the database did not take it. */
const AGAIN_MS = 2000;
/** Characters of a piece: even when JSON needs six bytes for each of them, a notification holds them. */
const PIECE = 1200;
/** Pieces that go out together; the rest waits for its turn. */
const MOST_PIECES = 200;

interface Line {
  readonly executionId: string;
  readonly facts: Pick<PartialPiece, 'path' | 'call' | 'attempt' | 'provider'>;
  text: string;
  /** What has been sent of it. */
  sent: string;
  seq: number;
  reset: boolean;
  closed: boolean;
}

export function createPartialOutbox(publish: PartialChannel['publish']): PartialOutbox {
  const lines = new Set<Line>();
  let timer: NodeJS.Timeout | undefined;
  let sending = false;

  const later = (ms: number): void => {
    if (timer !== undefined || sending || lines.size === 0) return;
    timer = setTimeout(() => void flush(), ms).unref();
  };

  async function flush(): Promise<void> {
    timer = undefined;
    sending = true;
    const pieces: { executionId: string; piece: PartialPiece }[] = [];
    const taken: Line[] = [];
    for (const line of [...lines]) {
      const most = MOST_PIECES - pieces.length;
      if (most === 0) break;
      const { executionId } = line;
      const next = piecesOf(line, most).map((piece) => ({ executionId, piece }));
      pieces.push(...next);
      if (next.length > 0) taken.push(line);
      // To the end of the row, so that a long text does not hold up the others.
      lines.delete(line);
      if (!line.closed || isDue(line)) lines.add(line);
    }
    const delivered = pieces.length === 0 || (await publish(pieces).then(...DELIVERED));
    if (!delivered) for (const line of taken) Object.assign(line, { sent: '', reset: true });
    sending = false;
    if ([...lines].some((line) => line.closed || isDue(line))) later(delivered ? EVERY_MS : AGAIN_MS);
  }

  return {
    open(executionId, { request, provider, number }) {
      const facts = { path: request.path, call: request.number, attempt: number, provider: provider?.name ?? '' };
      const line: Line = { executionId, facts, text: '', sent: '', seq: 0, reset: true, closed: false };
      // What is left of an attempt before this one must not come after it.
      for (const old of lines)
        if (old.closed && old.executionId === executionId && old.facts.path === request.path) lines.delete(old);
      lines.add(line);
      later(0);
      return {
        tell(text) {
          if (line.closed) return;
          line.text = text;
          later(EVERY_MS);
        },
        close() {
          line.closed = true;
          later(EVERY_MS);
        },
      };
    },
  };
}

const DELIVERED = [(): boolean => true, (): boolean => false] as const;

function isDue(line: Line): boolean {
  return line.reset || line.sent !== line.text;
}

/** Counts them as sent. */
function piecesOf(line: Line, most: number): readonly PartialPiece[] {
  if (!line.text.startsWith(line.sent)) Object.assign(line, { sent: '', reset: true });
  const pieces: PartialPiece[] = [];
  while (isDue(line) && pieces.length < most) {
    const from = line.sent.length;
    const text = cut(line.text.slice(from, from + PIECE));
    pieces.push({ ...line.facts, seq: line.seq, ...(line.reset ? { reset: true } : {}), text });
    Object.assign(line, { seq: line.seq + 1, reset: false, sent: line.text.slice(0, from + text.length) });
  }
  return pieces;
}

/** Not in the middle of a character. */
function cut(text: string): string {
  return text.length === PIECE && /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}

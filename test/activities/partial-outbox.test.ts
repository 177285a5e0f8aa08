/** Partial text leaves a worker in order, within its bounds, and without anybody waiting for it. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createPartialOutbox, type PartialOutbox, type PartialText } from '../../activities/partial-outbox';
import { MAX_NOTIFICATION_BYTES, type PartialPiece } from '../../src/store/partial-channel';
import { until } from '../contracts/provider';

let sent: { readonly executionId: string; readonly piece: PartialPiece }[];
let fails: boolean;
let held: Promise<void> | undefined;
let outbox: PartialOutbox;
beforeEach(() => {
  sent = [];
  fails = false;
  held = undefined;
  outbox = createPartialOutbox(async (pieces) => {
    await held;
    if (fails) throw new Error('no database');
    sent.push(...pieces);
  });
});

const open = (path = 'say', number = 1): PartialText =>
  outbox.open('e', {
    request: { path, number: 2 },
    provider: { name: 'p' },
    number,
    skipped: [],
  } as never);

/** What somebody sees who follows the pieces of a step; throws at a gap. */
function shown(path = 'say'): string {
  let text = '';
  let attempt = 0;
  let next = 0;
  for (const { piece } of sent.filter((one) => one.piece.path === path)) {
    if (piece.attempt !== attempt) next = 0;
    expect(piece.seq).toBe(next);
    ({ attempt } = piece);
    next += 1;
    text = piece.reset === true ? piece.text : text + piece.text;
  }
  return text;
}

describe('partial text', () => {
  test('begins with a reset, before the first word', async () => {
    open();
    await until(() => sent.length > 0);
    expect(sent).toEqual([
      {
        executionId: 'e',
        piece: { path: 'say', call: 2, attempt: 1, provider: 'p', seq: 0, reset: true, text: '' },
      },
    ]);
  });

  test('grows by what is new, and begins anew when it does not go on', async () => {
    const { tell } = open();
    tell('bom');
    await until(() => shown() === 'bom');
    tell('bom dia');
    await until(() => shown() === 'bom dia');
    expect(sent.at(-1)?.piece).toMatchObject({ text: ' dia' });
    tell('boa noite');
    await until(() => shown() === 'boa noite');
    expect(sent.at(-1)?.piece).toMatchObject({ reset: true, text: 'boa noite' });
  });

  test('of a new attempt takes the place of the old one', async () => {
    const first = open();
    first.tell('half an ans');
    await until(() => shown() === 'half an ans');
    first.tell('half an answer'.repeat(100_000));
    first.close();
    first.tell('half an answer that nobody waits for');
    const second = open('say', 2);
    await until(() => sent.some(({ piece }) => piece.attempt === 2));
    const order = sent.map(({ piece }) => piece.attempt);
    expect(order).toEqual([...order].sort());
    expect(sent.at(-1)?.piece).toMatchObject({ attempt: 2, seq: 0, reset: true, text: '' });
    second.tell('whole');
    await until(() => shown() === 'whole');
    expect(sent.slice(order.length).every(({ piece }) => piece.attempt === 2)).toBe(true);
  });

  test('is cut into pieces that a notification holds, between characters', async () => {
    const { tell } = open();
    const text = `${'\u0001'.repeat(3000)}${'a🙂'.repeat(2000)}${'é'.repeat(3000)}`;
    tell(text);
    await until(() => shown() === text);
    for (const { piece } of sent) {
      expect(Buffer.byteLength(JSON.stringify(piece))).toBeLessThanOrEqual(MAX_NOTIFICATION_BYTES);
      expect(piece.text).not.toMatch(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/);
    }
  });

  test('of one long answer does not hold up the others', async () => {
    const [long, short] = [open('long'), open('short')];
    long.tell('x'.repeat(1_000_000));
    short.tell('y');
    await until(() => shown('short') === 'y');
    expect(shown('long').length).toBeLessThan(1_000_000);
    await until(() => shown('long').length === 1_000_000);
  });

  test('is not piled up while the database is slow: the newest goes out', async () => {
    let go: () => void = () => undefined;
    held = new Promise((resolve) => (go = resolve));
    const { tell } = open();
    await new Promise((resolve) => setTimeout(resolve, 0));
    for (let count = 1; count <= 1000; count += 1) tell('x'.repeat(count));
    held = undefined;
    go();
    await until(() => shown().length === 1000);
    expect(sent.length).toBeLessThanOrEqual(3);
  });

  test('that could not be sent is sent in full later', async () => {
    fails = true;
    const { tell } = open();
    tell('one');
    await new Promise((resolve) => setTimeout(resolve, 10));
    fails = false;
    tell('one two');
    await until(() => sent.length > 0);
    expect(sent.at(-1)?.piece).toMatchObject({ reset: true, text: 'one two' });
  });
});

/** Server-sent events come out the same however their bytes are split. */
import { describe, expect, test } from '@jest/globals';
import { EventReader } from '../../../src/providers/http/event-reader';

const read = (pieces: readonly Uint8Array[], most = 1000): unknown => {
  const reader = new EventReader(most);
  const all: string[] = [];
  for (const piece of pieces) {
    const events = reader.read(piece);
    if (typeof events === 'string') return events;
    all.push(...events);
  }
  return all;
};

const BODIES: Readonly<Record<string, string>> = {
  newlines: ': hi\n\ndata: {"text":"você 🙂"}\n\nevent: x\nid: 7\ndata: one\ndata:two\ndata\n\n\ndata: [DONE]\n\n',
  returns:
    ': hi\r\rdata: {"text":"você 🙂"}\r\revent: x\rid: 7\rdata: one\rdata:two\rdata\r\r\rdata: [DONE]\r\r: bye\r',
  both: '\uFEFF: hi\r\n\r\ndata: {"text":"você 🙂"}\r\n\r\nevent: x\r\ndata: one\r\ndata:two\r\ndata\r\n\r\ndata: [DONE]\r\n\r\n',
};

describe.each(Object.entries(BODIES))('lines ended by %s', (_, body) => {
  const bytes = Buffer.from(body);
  const whole = ['{"text":"você 🙂"}', 'one\ntwo\n', '[DONE]'];

  test('give their events in one piece and byte by byte', () => {
    expect(read([bytes])).toEqual(whole);
    expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  test('give the same at every split in two and in three', () => {
    for (let i = 0; i <= bytes.length; i += 1) {
      expect(read([bytes.subarray(0, i), bytes.subarray(i)])).toEqual(whole);
      for (let j = i; j <= bytes.length; j += 7)
        expect(read([bytes.subarray(0, i), bytes.subarray(i, j), bytes.subarray(j)])).toEqual(whole);
    }
  });
});

test('an event that is cut off is none', () => {
  expect(read([Buffer.from('data: a\n\ndata: b\n')])).toEqual(['a']);
});

test('what is no UTF-8 is a fault, also when it is split', () => {
  expect(read([Uint8Array.of(0x64, 0xff)])).toBe('encoding');
  expect(read([Uint8Array.of(0xc3), Uint8Array.of(0x28)])).toBe('encoding');
});

test('one event may not outgrow its bound, in one line or in many; many events together may', () => {
  expect(read([Buffer.from(`data: ${'a'.repeat(100)}`)], 50)).toBe('too-large');
  expect(
    read(
      Array.from({ length: 100 }, () => Buffer.from('data: a\n')),
      50,
    ),
  ).toBe('too-large');
  expect(
    read(
      Array.from({ length: 100 }, () => Buffer.from('data: a\n\n')),
      50,
    ),
  ).toHaveLength(100);
});

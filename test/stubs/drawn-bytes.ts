/** The stub's brush: a picture of one pixel that bears its description, so that what was drawn can be read again. */
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const KEYWORD = 'Description\0';

/** A PNG in base64 (https://www.w3.org/TR/png-3/). */
export function drawn(text: string): string {
  const size = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const parts = [chunk('IHDR', size), chunk('tEXt', Buffer.from(KEYWORD + text, 'utf8'))];
  return Buffer.concat([SIGNATURE, ...parts, chunk('IDAT', deflateSync(Buffer.from([0, 0]))), chunk('IEND')]).toString(
    'base64',
  );
}

/** What a picture that `drawn` made bears. */
export function seen(imageData: string): string {
  const bytes = Buffer.from(imageData, 'base64');
  const at = bytes.indexOf(KEYWORD);
  return bytes.subarray(at + KEYWORD.length, at + bytes.readUInt32BE(at - 8)).toString('utf8');
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(4);
  const sum = Buffer.alloc(4);
  frame.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([frame, body, sum]);
}

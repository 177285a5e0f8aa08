/** Definitions with pieces cut out, put in, moved and taken from others. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FAULTS } from '../language/faults';
import type { Draw } from './draw';
import { drawExpression } from './expression-text';

const folder = path.join(__dirname, '../../definitions');
const FILES = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(path.join(folder, name), 'utf8'));
const SMALL = FAULTS.map(({ text }) => text).filter((text) => text.length < 2_000);
const PIECES = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '${',
    '$${',
    '"',
    "'",
    ': ',
    ' #',
    '- ',
    '\n',
    '\t',
    '&a ',
    '*a',
    '<<: *a',
    '!',
    '!!js/function ',
    '|',
    '>',
  ],
  ...[
    '? ',
    'null',
    '1.5',
    '.inf',
    '0x10',
    '2026-11-23',
    'steps:\n',
    'if: ',
    'tool: ',
    '\r\n',
    '\u0000',
    '\ud800',
    '🜁',
    '%YAML 1.1\n',
  ],
  ...[
    '__proto__: 1\n',
    'constructor: { prototype: {} }\n',
    '---\n',
    '...\n',
    '~',
    '9007199254740993',
    'a: &a [*a]\n',
    '\ufeff',
  ],
];

export function drawDefinition(draw: Draw): string {
  let text = draw.of(draw.once(10) ? FILES : SMALL);
  for (let left = 1 + draw.int(4); left > 0; left -= 1) text = mutate(draw, text);
  return text;
}

function mutate(draw: Draw, text: string): string {
  const at = draw.int(text.length + 1);
  const lines = text.split('\n');
  const line = draw.int(lines.length);
  switch (draw.int(9)) {
    case 0:
      return text.slice(0, at) + text.slice(at + draw.int(12));
    case 1:
    case 2:
      return text.slice(0, at) + draw.of(PIECES) + text.slice(at + draw.int(6));
    case 3:
      return lines.toSpliced(line, 1 + draw.int(3)).join('\n');
    case 4:
      return lines.toSpliced(line, 0, ...lines.slice(draw.int(lines.length)).slice(0, 4)).join('\n');
    case 5:
      return lines.with(line, ' '.repeat(draw.int(9)) + (lines[line] ?? '').trimStart()).join('\n');
    case 6: {
      const value = draw.once(2) ? `"\${${drawExpression(draw).replaceAll('"', "'")}}"` : draw.of(PIECES);
      return lines.with(line, (lines[line] ?? '').replace(/:.*$/, `: ${value}`)).join('\n');
    }
    case 7: {
      const other = draw.of(draw.once(3) ? FILES : SMALL);
      const from = draw.int(other.length);
      return text.slice(0, at) + other.slice(from, from + draw.int(400)) + text.slice(at);
    }
    default:
      return text.slice(0, at) + String.fromCharCode(draw.int(draw.once(3) ? 65_536 : 128)) + text.slice(at + 1);
  }
}

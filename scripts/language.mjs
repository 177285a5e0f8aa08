#!/usr/bin/env node
// Writes the tables of keys in docs/language.md from the vocabulary of the language; a test holds both equal.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { buildIfStale } from './build.mjs';
import { root } from './install.mjs';

await buildIfStale({ log: console.error });
const { fieldTableText } = createRequire(import.meta.url)(path.join(root, 'dist', 'src', 'language', 'field-table.js'));
const file = path.join(root, 'docs', 'language.md');
const text = readFileSync(file, 'utf8');
const made = text.replace(
  /(<!-- keys -->\n)[\s\S]*(<!-- end of keys -->)/,
  (_, start, end) => `${start}\n${fieldTableText()}\n${end}`,
);
writeFileSync(file, await format(made, { ...(await resolveConfig(file)), filepath: file }));

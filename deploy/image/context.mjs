// Which files of the checkout a build may see: .dockerignore, the last matching line deciding.
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** @returns {(file: string) => boolean} whether a path, relative to the checkout and with slashes, enters the build */
export function readIgnore(root) {
  const rules = readFileSync(path.join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ include: line.startsWith('!'), pattern: glob(line.replace(/^!/, '')) }));
  return (file) => rules.reduce((included, { include, pattern }) => (pattern.test(file) ? include : included), true);
}

/** A rule about a folder holds for everything below it. */
function glob(pattern) {
  const body = pattern
    .replace(/^\/|\/$/g, '')
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*\*\/|\*|\?/g, (wild) => ({ '**/': '(?:.*/)?', '*': '[^/]*', '?': '[^/]' })[wild]);
  return new RegExp(`^${body}(?:/.*)?$`);
}

/** Copies one file or folder of the checkout, without what .dockerignore keeps out. Throws when nothing of it is left. */
export function copyFromContext({ root, source, target, included }) {
  let copied = 0;
  const walk = (relative, to) => {
    const absolute = path.join(root, relative);
    const entries = readdirSync(absolute, { withFileTypes: true });
    for (const entry of entries) {
      const child = path.posix.join(relative, entry.name);
      if (entry.isDirectory()) walk(child, path.join(to, entry.name));
      else if (included(child)) copy(child, path.join(to, entry.name));
    }
  };
  const copy = (relative, to) => {
    cpSync(path.join(root, relative), to);
    copied += 1;
  };
  if (isFolder(path.join(root, source))) walk(source, target);
  else if (included(source)) copy(source, target);
  if (copied === 0) throw new Error(`COPY ${source}: .dockerignore leaves nothing of it`);
}

function isFolder(file) {
  try {
    readdirSync(file);
    return true;
  } catch {
    return false;
  }
}

// Builds the console: web/main.tsx and all it imports become two files in dist/web, named after what is in them, and the page that loads them.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './install.mjs';

const require = createRequire(import.meta.url);

/** In one call that leaves no process behind. */
export function buildConsole() {
  const { buildSync } = require('esbuild');
  const folder = path.join(root, 'dist', 'web');
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: ['web/main.tsx'],
    outdir: path.join(folder, 'console'),
    entryNames: '[name]-[hash]',
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    metafile: true,
    // What licences ask for stays with the code.
    legalComments: 'eof',
    tsconfig: 'web/tsconfig.json',
    logLevel: 'warning',
  });
  const made = Object.keys(metafile.outputs).map((name) =>
    path.relative(path.join(root, 'dist', 'web'), path.join(root, name)),
  );
  const named = (ending) =>
    made.filter((name) => name.endsWith(ending)).map((name) => `/${name.replaceAll(path.sep, '/')}`);
  const page = readFileSync(path.join(root, 'web', 'index.html'), 'utf8')
    .replace(
      '<!-- styles -->',
      named('.css')
        .map((href) => `<link rel="stylesheet" href="${href}" />`)
        .join(''),
    )
    .replace(
      '<!-- script -->',
      named('.js')
        .map((src) => `<script type="module" src="${src}"></script>`)
        .join(''),
    );
  writeFileSync(path.join(folder, 'index.html'), page);
}

/** Serves the console, which the build has left in dist/web: one page at `/`, and files whose names change with what is in them. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { static as files } from 'express';
import type { Express } from 'express';
import { packageRoot } from '../src/config';
import { problemOf } from '../src/plan/problem';
import { sendProblem } from './problem';

/** Nothing from elsewhere, and no program but the page's own (https://www.w3.org/TR/CSP3/). */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page is for everybody: what it shows it asks the API for, with the session of whoever looks at it. */
export function mountConsole(app: Express): void {
  const folder = path.join(packageRoot(), 'dist', 'web');
  app.get('/', (_request, response) => {
    const page = path.join(folder, 'index.html');
    if (!existsSync(page)) {
      sendProblem(
        response,
        problemOf('not-found', 'The console has not been built. Run npm run build, and start again.'),
      );
      return;
    }
    response.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' });
    response.sendFile(page, { etag: true });
  });
  app.use('/console', files(path.join(folder, 'console'), { index: false, immutable: true, maxAge: '365d' }));
  // Older pages and other programs send people here to sign in.
  app.get('/sign-in', (request, response) => {
    const { to } = request.query;
    response.redirect(303, `/#/sign-in${typeof to === 'string' ? `?to=${encodeURIComponent(to)}` : ''}`);
  });
}

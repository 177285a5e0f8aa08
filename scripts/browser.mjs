#!/usr/bin/env node
// The console in a real browser: `npm run test:browser`. Takes the Chromium in CHROMIUM_PATH, or one at a usual place.
import { existsSync } from 'node:fs';
import { buildIfStale } from './build.mjs';
import { all, jest } from './checks.mjs';
import { ensureInstalled } from './install.mjs';
import { fetchPrograms } from './programs.mjs';

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

try {
  const { CHROMIUM_PATH } = process.env;
  const found = CHROMIUM_PATH ? [CHROMIUM_PATH].find(existsSync) : USUAL.find(existsSync);
  if (found === undefined)
    throw new Error(
      CHROMIUM_PATH
        ? `CHROMIUM_PATH: there is no ${CHROMIUM_PATH}.`
        : 'No Chromium was found. Install one (apt-get install chromium), or say where it is: CHROMIUM_PATH=…',
    );
  process.env.CHROMIUM_PATH = found;
  ensureInstalled();
  await buildIfStale({ log: console.log });
  await fetchPrograms();
  process.exitCode = await all([['browser', () => jest('--selectProjects', 'browser', '--runInBand')]]);
} catch (error) {
  console.error(error.message);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
}

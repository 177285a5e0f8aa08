#!/usr/bin/env node
/** The entry of the command `omni`. */
import { runProgram } from './program';
import { processTerminal } from './terminal';

// Whoever reads the output may have had enough: `omni schema | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

void runProgram(process.argv.slice(2), processTerminal()).then((status) => {
  process.exitCode = status;
});

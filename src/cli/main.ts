#!/usr/bin/env node
/** The entry of the command `omni`. */
import { runProgram } from './program';
import { processTerminal } from './terminal';

void runProgram(process.argv.slice(2), processTerminal()).then((status) => {
  process.exitCode = status;
});

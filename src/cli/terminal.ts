/** What a command may touch of the world around it: two streams, the keyboard, the environment, the clock. */
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import type { Environment } from '../config';
import type { Usage } from '../plan/record';

export type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

export interface Terminal {
  /** Results: what a script reads. */
  readonly out: (text: string) => void;
  /** Progress, notes and errors: what a person reads. */
  readonly err: (text: string) => void;
  /** Whether a person watches the error stream, so that lines may be redrawn. */
  readonly live: boolean;
  /** Characters in a line. */
  readonly columns: number;
  readonly color: boolean;
  readonly paint: (style: Style, text: string) => string;
  readonly env: Environment;
  readonly cwd: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly readInput: () => Promise<string>;
  /** Asks the person at the keyboard; absent where nobody sits there. */
  readonly question?: (text: string) => Promise<string>;
  /** Calls back at each Ctrl-C or SIGTERM instead of ending the process; the answer undoes that. */
  readonly onInterrupt: (callback: (signal: NodeJS.Signals) => void) => () => void;
}

/** The terminal of this process. Colours follow NO_COLOR, FORCE_COLOR (https://no-color.org) and whether a person watches. */
export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  const live = stderr.isTTY === true && env['TERM'] !== 'dumb';
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== '';
  const color = env['NO_COLOR'] === undefined || env['NO_COLOR'] === '' ? live || forced : false;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    live,
    columns: stderr.columns ?? 100,
    color,
    paint: (style, text) => (color ? styleText(style, text) : text),
    env,
    cwd: process.cwd(),
    now: Date.now,
    readInput,
    ...(process.stdin.isTTY && stderr.isTTY ? { question } : {}),
    onInterrupt(callback) {
      process.on('SIGINT', callback).on('SIGTERM', callback);
      return () => void process.off('SIGINT', callback).off('SIGTERM', callback);
    },
  };
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

async function question(text: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(text);
  } finally {
    lines.close();
  }
}

/** `412 ms`, `1.2 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return `${whole} ms`;
  if (whole < 59_950) return `${(whole / 1000).toFixed(1)} s`;
  const seconds = Math.round(whole / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `1350 tokens`, `about $0.0110`, `at least $0.0110`; nothing for what cost nothing. */
export function spentText({ inputTokens, outputTokens, costUsd, estimated, unpriced }: Usage): readonly string[] {
  const tokens = inputTokens + outputTokens;
  const sure = unpriced === true ? 'at least ' : estimated === true ? 'about ' : '';
  return [
    ...(tokens > 0 ? [plural(tokens, 'token')] : []),
    ...(costUsd > 0 ? [`${sure}$${costUsd.toFixed(4)}`] : []),
    ...(costUsd === 0 && unpriced === true ? ['price unknown'] : []),
  ];
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

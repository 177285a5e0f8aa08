/** Histories in files, as `temporal workflow show --output json` and Temporal's Web UI write them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Json } from '../plan/json';
import { own } from '../plan/json';
import type { RecordedHistory } from './replay-engine';

/** A file, or every `.json` in a folder. Throws `InvalidArgumentError` for what is no history, and for a folder without any. */
export function readHistories(source: string, cwd: string): readonly RecordedHistory[] {
  const place = path.resolve(cwd, source);
  const stats = statSync(place, { throwIfNoEntry: false });
  if (stats === undefined) throw new InvalidArgumentError(`There is no file or folder ${source}.`);
  if (!stats.isDirectory()) return [readHistory(place, cwd)];
  const files = readdirSync(place).filter((name) => name.endsWith('.json'));
  if (files.length === 0) throw new InvalidArgumentError(`There are no histories (.json) in ${source}.`);
  return files.sort().map((name) => readHistory(path.join(place, name), cwd));
}

function readHistory(file: string, cwd: string): RecordedHistory {
  const name = path.relative(cwd, file);
  const history = parse(file, name);
  const events = own(history, 'events');
  const started = own(Array.isArray(events) ? events[0] : undefined, 'workflowExecutionStartedEventAttributes');
  if (!Array.isArray(events) || started === undefined)
    throw new InvalidArgumentError(`${name} is no history: it does not begin with the start of a workflow.`);
  // Ids of children are made of it, so a replay under another one would differ.
  const workflowId = own(started, 'workflowId');
  return {
    name,
    workflowId: typeof workflowId === 'string' && workflowId !== '' ? workflowId : path.basename(file, '.json'),
    events: events.length,
    history,
  };
}

function parse(file: string, name: string): Json {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Json;
  } catch (error) {
    throw new InvalidArgumentError(
      `Cannot read ${name} as JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** What an execution is given: a JSON file or standard input, and single fields from the command line. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Json, JsonObject } from '../plan/json';
import { isObject } from '../plan/json';
import type { Terminal } from './terminal';

export interface Input {
  readonly payload: Json;
  readonly context: Json;
}

export interface InputOptions {
  /** A file, or `-` for standard input. */
  readonly input?: string;
  readonly payload: JsonObject;
}

/** Fields of the command line win over the file's. Throws `InvalidArgumentError` for a file that cannot be read or is not JSON. */
export async function readPayload({ input, payload: fields }: InputOptions, terminal: Terminal): Promise<Input> {
  const { payload, context } =
    input === undefined ? { payload: {}, context: {} } : envelope(await readJson(input, terminal));
  if (Object.keys(fields).length === 0) return { payload, context };
  if (!isObject(payload)) throw new InvalidArgumentError('--payload adds fields to an object, and the input is none.');
  return { payload: { ...payload, ...fields }, context };
}

async function readJson(source: string, terminal: Terminal): Promise<Json> {
  const text = source === '-' ? await terminal.readInput() : await readText(path.resolve(terminal.cwd, source));
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidArgumentError(`${source === '-' ? 'Standard input' : source} is not JSON: ${reason}`);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `{ payload, context? }` and nothing else is taken for both; anything else is the payload itself. */
function envelope(data: Json): Input {
  if (!isObject(data) || !Object.hasOwn(data, 'payload')) return { payload: data, context: {} };
  const others = Object.keys(data).filter((key) => key !== 'payload' && key !== 'context');
  return others.length > 0
    ? { payload: data, context: {} }
    : { payload: data['payload'] ?? {}, context: data['context'] ?? {} };
}

/** `key=value`, repeatable: a value that is JSON is taken as JSON (`n=3`, `tags=["a"]`), anything else as text. */
export function collectField(argument: string, before: JsonObject): JsonObject {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(argument) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('Write it as key=value.');
  return { ...before, [key]: jsonOrText(value) };
}

function jsonOrText(value: string): Json {
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

/** Asks the fields of a task's form one by one at the keyboard. */
import type { Json, JsonObject, JsonSchema } from '../plan/json';
import { isObject, own } from '../plan/json';
import { misfits } from '../plan/schema-fit';
import type { Terminal } from './terminal';

export type Keyboard = Pick<Terminal, 'err' | 'paint'> & Required<Pick<Terminal, 'question'>>;

/** The answer. What does not fit is asked again; an optional field is left out by an empty line. */
export async function askForm(form: JsonSchema, keyboard: Keyboard): Promise<JsonObject> {
  const properties = own(form, 'properties');
  const required = own(form, 'required');
  const data: Record<string, Json> = {};
  for (const [name, schema] of Object.entries(isObject(properties) ? properties : {})) {
    const needed = Array.isArray(required) && required.includes(name);
    const value = await askField(name, isObject(schema) ? schema : {}, { needed, keyboard });
    if (value !== undefined) data[name] = value;
  }
  return data;
}

interface Asking {
  readonly needed: boolean;
  readonly keyboard: Keyboard;
}

async function askField(name: string, schema: JsonSchema, { needed, keyboard }: Asking): Promise<Json | undefined> {
  const hint = [kindOf(schema), ...(needed ? [] : ['optional'])].join(', ');
  for (;;) {
    const text = (await keyboard.question(`${name} (${hint}): `)).trim();
    if (text === '' && !needed) return undefined;
    const value = valueOf(text, schema);
    const [fault] = misfits(schema, value, '');
    if (fault === undefined) return value;
    keyboard.err(`  ${keyboard.paint('yellow', `${name} ${fault.detail}`)}\n`);
  }
}

function kindOf(schema: JsonSchema): string {
  const { type, enum: words } = schema;
  if (Array.isArray(words)) return words.map(String).join(' | ');
  if (type === 'boolean') return 'yes | no';
  if (type === 'string' || type === 'number' || type === 'integer') return type;
  return 'JSON';
}

/** Texts stand as they are written; of everything else the JSON is written. */
function valueOf(text: string, { type, enum: words }: JsonSchema): Json {
  if (type === 'string' || (Array.isArray(words) && words.includes(text))) return text;
  if (type === 'boolean' && /^(y|yes|n|no)$/i.test(text)) return /^y/i.test(text);
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

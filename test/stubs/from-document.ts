/** A server made from an OpenAPI document alone: it takes what the document allows and answers what the document promises. */
import Ajv2020 from 'ajv/dist/2020';
import type { JsonObject, JsonSchema } from '../../src/plan/json';
import { isObject } from '../../src/plan/json';
import { complete } from '../../src/scenarios/sample';
import { startStub, type Answer, type Stub, type StubCall, type StubOptions } from './stub';

/** By operationId, what its answer holds; the rest is made up by the schema. */
export type Answers = Readonly<Record<string, JsonObject>>;

export async function startFromDocument(
  document: JsonObject,
  { answers = {}, admits, ...options }: StubOptions & { answers?: Answers; admits: (call: StubCall) => boolean },
): Promise<Stub> {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document, 'document');
  const check = (pointer: string, value: unknown): string | undefined =>
    ajv.validate({ $ref: `document#${pointer}` }, value) ? undefined : ajv.errorsText();

  function answer(call: StubCall): Answer {
    if (!admits(call)) return { status: 401, json: { error_code: 'unauthorized' } };
    const found = Object.entries(document['paths'] as JsonObject).find(([path]) =>
      new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(call.path),
    );
    const method = call.method.toLowerCase();
    const operation = found === undefined ? undefined : (found[1] as JsonObject)[method];
    if (found === undefined || !isObject(operation)) return { status: 404, json: { error_code: 'not_found' } };
    const at = `/paths/${found[0].replaceAll('~', '~0').replaceAll('/', '~1')}/${method}`;
    const type = String(call.headers['content-type']);
    const content = (operation['requestBody'] as { content: JsonObject }).content;
    if (!Object.hasOwn(content, type)) return { status: 415, json: { error_code: 'unsupported_media_type' } };
    const pointer = `${at}/requestBody/content/${type.replace('/', '~1')}/schema`;
    const fault = type === 'application/json' ? check(pointer, call.body) : undefined;
    if (fault !== undefined) return { status: 422, json: { error_code: 'validation_error', message: fault } };
    const [status = '500'] = Object.keys(operation['responses'] as JsonObject).filter((code) => code.startsWith('2'));
    const reply = `${at}/responses/${status}/content/application~1json/schema`;
    const schema = { $ref: `#${reply}`, ...document } as JsonSchema;
    const { value } = complete(schema, answers[operation['operationId'] as string]);
    const own = check(reply, value);
    if (own !== undefined) throw new Error(`the mock's own answer does not fit the document: ${own}`);
    return { status: Number(status), json: value };
  }

  return startStub({ answer }, { ...options, key: options.key ?? 'stub-key', basePath: '' });
}

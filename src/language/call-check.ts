/** Whether what goes into a tool and what comes out of it is what its contract and the step promise. */
import type { CallRequest } from '../plan/call';
import type { Json, JsonObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { CallAttempt } from '../tools/call-attempt';
import type { Provider, ToolContract } from '../tools/tool';
import { validateValue } from './validate';

/** What the provider is handed. Throws `validation` with a pointer to each fault. */
export function checkInput(contract: ToolContract, input: JsonObject, { path }: CallRequest): unknown {
  const parsed = contract.input.safeParse(input);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path: at, message }) => ({ pointer: pointer(at), detail: message }));
  const [first] = errors;
  throw new OmniError(
    'validation',
    `The input of ${path} does not fit ${contract.name}: ${first?.pointer} ${first?.detail}`,
    { errors },
  );
}

/** The answer with defaults filled in. Throws `tool-error` when it is not what the contract and the step promise. */
export function checkOutput(contract: ToolContract, output: unknown, { request, provider }: CallAttempt): Json {
  const parsed = contract.output.safeParse(output);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw misfit(`${contract.name} promises`, provider, `${pointer(first?.path ?? [])} ${first?.message}`);
  }
  if (request.output === undefined) return parsed.data as Json;
  const { value, faults } = validateValue(request.output, parsed.data, '');
  const [first] = faults;
  if (first !== undefined) throw misfit(`${request.path} declares`, provider, `${first.pointer} ${first.detail}`);
  return value;
}

function misfit(expected: string, provider: Provider | undefined, fault: string): OmniError {
  return new OmniError('tool-error', `The answer of ${provider?.name} is not what ${expected}: ${fault}`);
}

/** JSON Pointer of a place that zod names. */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** A provider's tool that sees placeholders in the place of personal data, and whose answer has them turned back. */
import { redactCall, isOutside, withoutTextRules } from '../src/language/call-redaction';
import type { CallRequest } from '../src/plan/call';
import type { Json } from '../src/plan/json';
import type { RedactionOrder } from '../src/plan/personal';
import { OmniError } from '../src/plan/problem';
import type { BlobStore } from '../src/store/blob-table';
import { attach } from '../src/store/blob-value';
import type { Provider, ProviderTool, ToolContract } from '../src/tools/tool';
import type { ActivityDependencies } from './dependencies';

interface Parts {
  readonly redactionKey: ActivityDependencies['redactionKey'] | undefined;
  readonly blobs: Pick<BlobStore, 'get'>;
  readonly contract: ToolContract;
  readonly executionId: string;
}

/** The provider as it is where nothing is to be redacted: for a guard that does not ask, on this machine, for what is delivered. */
export async function redacted(
  provider: Provider,
  { redact, tool: name }: CallRequest,
  { contract, blobs, executionId, redactionKey }: Parts,
): Promise<Provider> {
  const tool = provider.tools[name];
  if (redact === undefined || tool === undefined || !isOutside(provider.name)) return provider;
  if (redactionKey === undefined)
    throw new OmniError('internal', 'This worker has no key to redact personal data with, so the call was not made.');
  const order = (await attach(redact as unknown as Json, (hash) =>
    blobs.get(hash, executionId),
  )) as unknown as RedactionOrder;
  const parts = { key: await redactionKey(), order };
  const seen: ProviderTool = async (input, call) => {
    const made = unsent(() => redactCall(contract, { input, config: call.config }, parts));
    if (made === undefined) return tool(input, call);
    const { redaction, config } = made;
    const { partial, output } = call;
    const answer = await tool(made.input as never, {
      ...call,
      config,
      ...(output === undefined ? {} : { output: withoutTextRules(output) }),
      ...(partial === undefined ? {} : { partial: (text) => partial(redaction.backSoFar(text)) }),
    });
    return { ...answer, output: redaction.back(answer.output as Json) };
  };
  return { ...provider, tools: { ...provider.tools, [name]: seen } };
}

/** What is refused here has not left: a tool that is tried once may be tried elsewhere. */
function unsent<T>(prepare: () => T): T {
  try {
    return prepare();
  } catch (error) {
    if (!(error instanceof OmniError)) throw error;
    const { type, detail, ...members } = error.problem;
    throw new OmniError(type, detail, { ...members, undone: true, cause: error });
  }
}

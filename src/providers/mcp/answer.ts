/** What a tool of an MCP server answered, as our output. */
import type { JsonObject, JsonSchema } from '../../plan/json';
import { OmniError } from '../../plan/problem';
import { garbage } from '../http/http-error';
import type { ToolAnswer } from './connection';
import { asksBack } from './fault';
import type { McpServer } from './server';

/** The output of tools that declare none. */
export const PLAIN_OUTPUT: JsonSchema = {
  type: 'object',
  properties: {
    text: { type: 'string', description: 'All text of the answer, one block a line.' },
    content: {
      type: 'array',
      items: { type: 'object' },
      description: 'The blocks of the answer as the protocol defines them: text, image, audio, resources.',
    },
  },
  required: ['text', 'content'],
};

/** Of what a failed tool says. */
const MAX_MESSAGE = 2_000;

/** Throws `tool-error` when the tool says that it failed; its words, without our secrets, are in `data.message`. */
export function outputOf(
  server: McpServer,
  tool: string,
  { result, asked, structured }: ToolAnswer & { readonly structured: boolean },
): JsonObject {
  const { far, secrets } = server;
  const text = result.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
  if (result.isError === true) {
    const message = secrets.reduce((words, secret) => words.replaceAll(secret, '***'), text).slice(0, MAX_MESSAGE);
    if (asked.size > 0) throw asksBack(server, `tools/call ${tool}`, [...asked], message);
    throw new OmniError('tool-error', `${tool} of ${far.provider} failed; what it says is in data.message.`, {
      provider: far.provider,
      retryable: false,
      undone: true,
      data: { message },
    });
  }
  if (!structured) return { text, content: result.content as unknown as readonly JsonObject[] };
  if (result.structuredContent !== undefined) return result.structuredContent as JsonObject;
  throw garbage(far, `tools/call ${tool}`, 'it lacks the structured content that the tool declares');
}

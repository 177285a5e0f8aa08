/** A server of the protocol before 2026-07-28, in a version and with a habit: `node older-server.mjs 2025-03-26 abrupt`. */
import process from 'node:process';
import { createInterface } from 'node:readline';

const [version, habit] = process.argv.slice(2);
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const text = (words, more) => ({ content: [{ type: 'text', text: String(words) }], ...more });
const names = { named: ['a.b', 'a/b', 'fine', 'fine.too'] }[habit] ?? ['echo', 'ask', 'die'];
const waiting = new Map();
let pages = 0;
let initialized = false;

const list = () => {
  pages += 1;
  const tools = names.map((name) => ({ name, description: name, inputSchema: { type: 'object' } }));
  if (habit === 'endless') return { tools: [], nextCursor: `${pages}` };
  if (habit !== 'paged') return { tools };
  return { tools: [tools[pages - 1]], ...(pages < tools.length ? { nextCursor: `${pages}` } : {}) };
};

const call = (id, name) => {
  if (name === 'die') process.exit(3);
  if (name !== 'ask') return text(name);
  waiting.set('question', id);
  send({ id: 'question', method: 'elicitation/create', params: { message: 'Sure?', requestedSchema: {} } });
  return undefined;
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params, error } = JSON.parse(line);
  if (method === 'notifications/initialized') initialized = true;
  if (method === undefined && waiting.has(id))
    return send({ id: waiting.get(id), result: text(`nobody answers: ${error.code}`, { isError: true }) });
  if (method === undefined || id === undefined) return undefined;
  if (method === 'initialize')
    return send({
      id,
      result: { protocolVersion: version, capabilities: { tools: {} }, serverInfo: { name: 'o', version: '1' } },
    });
  if (!initialized && habit === 'abrupt') process.exit(1);
  const result =
    method === 'tools/list'
      ? list()
      : method === 'tools/call'
        ? call(id, params.name)
        : method === 'ping'
          ? {}
          : undefined;
  if (result !== undefined) return send({ id, result });
  if (method === 'tools/call' || habit === 'silent') return undefined;
  return send({ id, error: { code: -32601, message: 'Method not found' } });
});

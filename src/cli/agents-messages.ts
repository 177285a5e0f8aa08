/** `omni agents send` and `omni agents messages`: telling agents something, and the ledger of it. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { MESSAGE_STATES } from '../plan/agent-message';
import { PRIORITY_KEYS } from '../plan/agent';
import { asking } from './api-client';
import { EXIT, type Finish } from './exit';
import { SERVER_OPTION, serverAddress } from './server-address';
import { plural, type Terminal } from './terminal';

interface SendOptions {
  readonly data: string;
  readonly priority?: string;
  readonly correlation?: string;
  readonly key?: string;
  readonly from?: string;
  readonly wait?: string;
  readonly server?: string;
  readonly json?: boolean;
}

interface ListOptions {
  readonly state?: string;
  readonly server?: string;
  readonly json?: boolean;
}

/** Only what is read here is checked; the rest passes as the server wrote it. */
const message = z.looseObject({
  id: z.string(),
  from: z.string(),
  type: z.string(),
  priority: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  sentAt: z.string(),
  answer: z.looseObject({ data: z.unknown() }).optional(),
});
type Message = z.infer<typeof message>;

const page = z.object({ messages: z.array(message), next: z.string().optional() });

export function sendCommand({ out, err, env, paint, readInput }: Terminal, finish: Finish): Command {
  return new Command('send')
    .description('send an agent, all of a type (type:<type>) or a running task (task:<id>) a message')
    .argument('<to>', 'whom')
    .argument('<type>', 'what is asked: a capability of the agent')
    .option('-d, --data <json>', 'the payload as JSON, or - for standard input', 'null')
    .addOption(new Option('--priority <priority>', 'default: normal').choices(Object.keys(PRIORITY_KEYS)))
    .option('--correlation <id>', 'what its answer is known by')
    .option('--key <key>', 'sent again with the same key it is the same message')
    .option('--from <name>', 'who sends it; default: who asks')
    .option('--wait <seconds>', 'wait for the answer, at most 55 seconds')
    .option(...SERVER_OPTION)
    .option('--json', 'print the message')
    .addHelpText(
      'after',
      '\nExit status: 0 on record, or answered; 1 refused, or settled without an answer; 2 wrong usage.',
    )
    .action(async (to: string, type: string, options: SendOptions) => {
      const { data, priority, correlation, key, from, wait, server, json } = options;
      const payload = parsed(data === '-' ? await readInput() : data);
      const sent = await asking(serverAddress(server, env))('POST', addressOf(to), {
        schema: message,
        body: { type, payload, priority, correlationId: correlation, from },
        headers: {
          ...(key === undefined ? {} : { 'Idempotency-Key': key }),
          ...(wait === undefined ? {} : { Prefer: `wait=${secondsOf(wait)}` }),
        },
      });
      const { id, state, reason, answer } = sent;
      const isWell = ['accepted', 'delivered', 'answered'].includes(state);
      err(
        `${paint(isWell ? 'green' : 'red', isWell ? '✔' : '✘')} ${id} ${state}${reason === undefined ? '' : `: ${reason}`}\n`,
      );
      if (json === true) out(`${JSON.stringify(sent, null, 2)}\n`);
      else if (answer !== undefined) out(`${JSON.stringify(answer.data, null, 2)}\n`);
      finish(isWell ? EXIT.done : EXIT.failed);
    });
}

export function messagesCommand({ out, err, env, paint }: Terminal, finish: Finish): Command {
  return new Command('messages')
    .description('messages to an agent, the newest first')
    .argument('<to>', 'whom: an agent, type:<type> or task:<id>')
    .addOption(new Option('--state <state>', 'only those that are so').choices(MESSAGE_STATES))
    .option(...SERVER_OPTION)
    .option('--json', 'print { messages }')
    .action(async (to: string, { state, server, json }: ListOptions) => {
      const ask = asking(serverAddress(server, env));
      const messages: Message[] = [];
      let cursor: string | undefined;
      do {
        const query = new URLSearchParams({
          limit: '200',
          ...(state === undefined ? {} : { state }),
          ...(cursor === undefined ? {} : { cursor }),
        });
        const answer = await ask('GET', `${addressOf(to)}?${query.toString()}`, { schema: page });
        messages.push(...answer.messages);
        cursor = answer.next;
      } while (cursor !== undefined);
      if (json === true) out(`${JSON.stringify({ messages }, null, 2)}\n`);
      else
        for (const { id, from, type, priority, state: now, reason, sentAt } of messages)
          out(
            `${paint('bold', id)}  ${type} from ${from}, ${priority}, ${sentAt}, ${now}${reason === undefined ? '' : `: ${reason}`}\n`,
          );
      err(`${plural(messages.length, 'message')}\n`);
      finish(EXIT.done);
    });
}

function addressOf(to: string): string {
  return `/agents/${encodeURIComponent(to)}/messages`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InvalidArgumentError(`--data is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Below what the command waits for a server's answer. */
function secondsOf(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= 55) return seconds;
  throw new InvalidArgumentError('--wait is a whole number of seconds, 0 to 55.');
}

/** The provider `smtp`: e-mail through the operator's mail server (https://www.rfc-editor.org/rfc/rfc5321). */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import parseAddresses from 'nodemailer/lib/addressparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import SmtpConnection from 'nodemailer/lib/smtp-connection';
import type { Environment } from '../config';
import type { EmailInput, EmailOutput } from '../tools/email-send';
import type { CallContext, Provider, ToolAnswer } from '../tools/tool';
import { inClientSpan } from '../tracing/client-span';
import { faultOf, refused } from './smtp-error';

/** What mail servers commonly take. */
const MAX_MESSAGE_BYTES = 25 * 1024 * 1024;
const PROBE_TIMEOUT_MS = 10_000;
/** Longest silence of the server. */
const IDLE_MS = 30_000;

interface Server {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte on. */
  readonly secure: boolean;
  /** Nothing is sent before the connection is encrypted. */
  readonly requireTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

interface Sender {
  readonly name: string;
  readonly address: string;
}

export function createSmtpProvider(variables: Environment): Provider {
  const server = serverOf(variables['SMTP_URL']?.trim() ?? '');
  const from = senderOf(variables['EMAIL_FROM']?.trim() ?? '');
  const unconfigured = typeof server === 'string' ? server : typeof from === 'string' ? from : undefined;
  const ready = (): { readonly server: Server; readonly from: Sender } => {
    if (typeof server === 'string' || typeof from === 'string')
      throw refused('authentication', `smtp cannot be called: ${unconfigured}.`);
    return { server, from };
  };
  return {
    name: 'smtp',
    title: 'A mail server',
    variables: [
      { name: 'SMTP_URL', required: true, description: 'Address of the mail server, with user and password.' },
      { name: 'EMAIL_FROM', required: true, description: 'Who sends.' },
    ],
    ...(unconfigured === undefined ? {} : { unconfigured }),
    tools: {
      'email.send': async (input: EmailInput, call) => {
        const { server, from } = ready();
        const message = await composed(input, from, call);
        const attributes = {
          'network.protocol.name': 'smtp',
          'server.address': server.host,
          'server.port': server.port,
        };
        return inClientSpan('SMTP', { attributes }, () => send(server, message, call));
      },
    },
    limits: { concurrent: 5 },
    honours: 'tried once; the `Message-ID` is made from the call’s key, by which a receiver can tell a second one',
    byPlan: true,
    sources: ['https://www.rfc-editor.org/rfc/rfc5321', 'https://nodemailer.com/extras/smtp-connection'],
    async probe(signal) {
      await connected(ready().server, { signal, timeoutMs: PROBE_TIMEOUT_MS }, () => Promise.resolve());
    },
  };
}

/** A text says what is wrong. A login goes over an encrypted connection, unless `?tls=optional` gives that up. */
function serverOf(text: string): Server | string {
  if (text === '') return 'set SMTP_URL';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const tls = url?.searchParams.get('tls') ?? 'required';
  if (url === undefined || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || !/^(required|optional)$/.test(tls))
    return 'SMTP_URL must be smtp://user:password@host:port, or smtps:// for TLS from the first byte on';
  const secure = url.protocol === 'smtps:';
  try {
    const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    return {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || (secure ? 465 : 587),
      secure,
      requireTLS: tls === 'required' && (user !== '' || url.searchParams.has('tls')),
      ...(user === '' ? {} : { auth: { user, pass } }),
    };
  } catch {
    return 'SMTP_URL holds a % that begins no encoded character; write it as %25';
  }
}

function senderOf(text: string): Sender | string {
  if (text === '') return 'set EMAIL_FROM';
  const [first, ...more] = parseAddresses(text, { flatten: true });
  const address = first?.address ?? '';
  if (more.length > 0 || /\p{Cc}/u.test(text) || !/^[^\s@<>",;]+@[^\s@<>",;]+$/.test(address))
    return 'EMAIL_FROM must be one address, as in "Shop <orders@shop.example>"';
  return { name: first?.name ?? '', address };
}

interface Message {
  readonly id: string;
  readonly envelope: { readonly from: string; readonly to: string[]; readonly size: number };
  readonly bytes: Buffer;
}

async function composed(
  { to, cc = [], bcc = [], replyTo, subject, text, html, attachments = [] }: EmailInput,
  from: Sender,
  { idempotencyKey }: CallContext,
): Promise<Message> {
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  const id = `<${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 40)}@${domain}>`;
  const node = new MailComposer({
    from: { ...from },
    to: [to].flat(),
    cc: [cc].flat(),
    ...(replyTo === undefined ? {} : { replyTo }),
    subject,
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
    attachments: attachments.map(({ name, data, mediaType }) => ({
      filename: name,
      content: Buffer.from(data, 'base64'),
      ...(mediaType === undefined ? {} : { contentType: mediaType }),
    })),
    messageId: id,
    // No text of a definition makes this process read a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const bytes = await node.build();
  if (bytes.length > MAX_MESSAGE_BYTES)
    throw refused('too-large', `The message has ${bytes.length} bytes, more than ${MAX_MESSAGE_BYTES}. Attach less.`);
  const recipients = [...new Set([to, cc, bcc].flat())];
  return { id, envelope: { from: from.address, to: recipients, size: bytes.length }, bytes };
}

function send(server: Server, { id, envelope, bytes }: Message, call: CallContext): Promise<ToolAnswer> {
  return connected(server, call, async (connection, session) => {
    const content = new Readable({
      read() {
        // The server asks for the content last: from here on only its answer tells what becomes of the message.
        session.handedOver = true;
        this.push(bytes);
        this.push(null);
      },
    });
    const output = await new Promise<EmailOutput>((resolve, reject) => {
      connection.send(envelope, content, (error, info) => {
        if (error) reject(error);
        else resolve({ id, accepted: info.accepted, rejected: info.rejected });
      });
    });
    return { output };
  });
}

interface Session {
  handedOver: boolean;
}

/** Connects, logs in, works, and leaves no socket behind. */
async function connected<T>(
  { auth, ...server }: Server,
  { signal, timeoutMs }: Pick<CallContext, 'signal' | 'timeoutMs'>,
  work: (connection: SmtpConnection, session: Session) => Promise<T>,
): Promise<T> {
  const wait = Math.min(timeoutMs, IDLE_MS);
  const session: Session = { handedOver: false };
  const ends = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const connection = new SmtpConnection({
    ...server,
    connectionTimeout: wait,
    greetingTimeout: wait,
    socketTimeout: wait,
    dnsTimeout: wait,
    socketCloseTimeout: 0,
  });
  const broken = new Promise<never>((_, reject) => {
    connection.on('error', reject);
    const end = (): void =>
      reject(
        signal.aborted
          ? refused('cancelled', 'The e-mail was cancelled.')
          : refused('timeout', `smtp took more than ${timeoutMs} ms. It can be tried again.`),
      );
    if (ends.aborted) end();
    else ends.addEventListener('abort', end, { once: true });
  });
  const whole = async (): Promise<T> => {
    await told((done) => connection.connect(done));
    if (auth !== undefined) await told((done) => connection.login({ ...auth }, done));
    return work(connection, session);
  };
  try {
    return await Promise.race([broken, whole()]);
  } catch (thrown) {
    throw faultOf(thrown, session.handedOver);
  } finally {
    connection.close();
  }
}

function told(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
}

/** The one shape of a provider that speaks HTTP: a vendor's facts and tools in, what the registry takes out. */
import type { z } from 'zod';
import type { Environment } from '../config';
import { OmniError } from '../plan/problem';
import type { CallContext, Provider, ProviderFacts, ProviderTool, ToolAnswer } from '../tools/tool';
import { createHttp, type HttpClient, type HttpReply, type HttpRequest, type HttpSettings } from './http/client';
import type { Door } from './http/door';
import type { FarSide } from './http/http-error';

/** A vendor. The key and the base URL come from the environment, under the names given here. */
export interface HttpVendor extends FarSide, ProviderFacts {
  readonly title: string;
  /** Without a slash at its end. Absent: the base URL's variable is required, since every account has an address of its own. */
  readonly baseUrl?: string;
  /** What every request carries; `values` holds the variables of `more` as well. */
  readonly headers: (key: string, values: Environment) => Readonly<Record<string, string>>;
  /** Further variables. */
  readonly more?: Provider['variables'];
  /** Where the variables hold the address and the key in another way (a DSN, a secret URL); a text says what is wrong with them. */
  readonly connect?: (values: Environment) => Connection | string;
  /** A path that answers 200 to a good key and costs nothing, or a request of that kind; absent where the vendor has none. */
  readonly probe?: string | ((call: VendorCall) => Promise<unknown>);
  /** What the names of its models look like; absent: it takes no model. */
  readonly modelNames?: RegExp;
  readonly refusal?: HttpSettings['refusal'];
  readonly statusInside?: HttpSettings['statusInside'];
  /** By tool name. */
  readonly tools: Readonly<Record<string, VendorTool>>;
}

export interface Connection {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** `input` fits the contract of the tool; the output is checked by the caller. */
export type VendorTool = (input: never, call: VendorCall) => Promise<ToolAnswer>;

/** `accepts` is JSON unless told. */
export type VendorRequest = Omit<HttpRequest, 'signal' | 'timeoutMs' | 'accepts' | 'idempotencyKey'> & {
  readonly accepts?: string;
  /** Tells apart the requests of one call that each act: added to the idempotency key. */
  readonly part?: string;
};

/** One call with the way to its vendor: requests end with the call and carry its key. */
export interface VendorCall extends CallContext {
  readonly far: FarSide;
  /** What the variables hold: projects, regions. Never to stand in an output or error. */
  readonly values: Environment;
  /** Sends, and gives the JSON that fits the schema; anything else is a typed error. */
  json<T>(schema: z.ZodType<T>, request: VendorRequest): Promise<T>;
  /** Sends, and gives the bytes; `accepts` is the media type or its beginning, empty for any. */
  bytes(request: VendorRequest & { readonly accepts: string }): Promise<HttpReply>;
  /** Sends, and gives the data of server-sent events to `take` as they come; resolves to the body if it is plain JSON all the same. */
  events(
    request: Omit<VendorRequest, 'accepts' | 'headers' | 'maxBytes'>,
    take: (events: readonly string[]) => void,
  ): Promise<unknown>;
}

export interface ProviderSettings {
  readonly variables: Environment;
  readonly door: Door;
  /** Milliseconds since 1970; the system's clock unless told. */
  readonly now?: () => number;
}

/** A vendor, ready to be made into a provider out of the configuration. */
export interface DefinedProvider extends HttpVendor {
  create(settings: ProviderSettings): Provider;
}

/** For a vendor whose file names none. */
const USUAL_LIMITS = { concurrent: 50 };

const PROBE_TIMEOUT_MS = 10_000;

export function defineProvider(vendor: HttpVendor): DefinedProvider {
  return { ...vendor, create: (settings) => createProvider(vendor, settings) };
}

function createProvider(vendor: HttpVendor, { variables: values, door, now = Date.now }: ProviderSettings): Provider {
  const { title, limits = USUAL_LIMITS, honours, prices, byPlan, sources } = vendor;
  const connection = (vendor.connect ?? usualConnection(vendor))(values);
  const unconfigured = typeof connection === 'string' ? connection : unusable(vendor, connection);
  const http =
    typeof connection === 'string' || unconfigured !== undefined
      ? undefined
      : createHttp({ ...vendor, ...connection, trusted: true, door, now });
  const ready = (tool: VendorTool): ProviderTool =>
    http === undefined
      ? () => Promise.reject(refusal(vendor, unconfigured ?? ''))
      : (input: never, call: CallContext) => tool(input, vendorCall(vendor, { http, values }, call));
  const { modelNames, probe } = vendor;
  return {
    name: vendor.provider,
    title,
    variables: variablesOf(vendor),
    ...(unconfigured === undefined ? {} : { unconfigured }),
    tools: Object.fromEntries(Object.entries(vendor.tools).map(([name, tool]) => [name, ready(tool)])),
    knowsModel: (model) => modelNames?.test(model) ?? false,
    ...(probe === undefined
      ? {}
      : {
          async probe(signal) {
            if (http === undefined) throw refusal(vendor, unconfigured ?? '');
            const call = { signal, timeoutMs: PROBE_TIMEOUT_MS, idempotencyKey: 'probe', config: {}, caller: {} };
            if (typeof probe === 'function') await probe(vendorCall(vendor, { http, values }, call));
            else await http.json({ method: 'GET', path: probe, accepts: 'application/json', ...call });
          },
        }),
    ...defined({ limits, honours, prices, byPlan, sources }),
  };
}

function vendorCall(
  vendor: HttpVendor,
  { http, values }: { readonly http: HttpClient; readonly values: Environment },
  call: CallContext,
): VendorCall {
  const { signal, timeoutMs, idempotencyKey } = call;
  const whole = ({ part, ...request }: VendorRequest): HttpRequest => ({
    accepts: 'application/json',
    ...request,
    signal,
    timeoutMs,
    ...(request.method === 'GET'
      ? {}
      : { idempotencyKey: part === undefined ? idempotencyKey : `${idempotencyKey}/${part}` }),
  });
  return {
    ...call,
    far: vendor,
    values,
    json: (schema, request) => http.json(whole(request), schema),
    bytes: (request) => http.send(whole(request)),
    events: (request, take) => http.events(whole(request), take),
  };
}

function variablesOf(vendor: HttpVendor): Provider['variables'] {
  const { title, keyVariable, baseUrlVariable, baseUrl, more = [] } = vendor;
  const key = { name: keyVariable, required: true, description: `Key of your account at ${title}.` };
  const address = {
    name: baseUrlVariable,
    required: baseUrl === undefined,
    description: baseUrl === undefined ? `Its address.` : `Another address for it; ${baseUrl} unless set.`,
  };
  return [...(more.some(({ name }) => name === keyVariable) ? [] : [key]), address, ...more].filter(
    ({ name }, index, all) => all.findIndex((other) => other.name === name) === index,
  );
}

function usualConnection(vendor: HttpVendor): (values: Environment) => Connection | string {
  return (values) => {
    const absent = variablesOf(vendor).filter(({ name, required }) => required && !values[name]?.trim());
    if (absent.length > 0) return `set ${absent.map(({ name }) => name).join(' and ')}`;
    const key = values[vendor.keyVariable]?.trim() ?? '';
    const baseUrl = values[vendor.baseUrlVariable]?.trim() || vendor.baseUrl || '';
    return { baseUrl: baseUrl.replace(/\/+$/, ''), headers: vendor.headers(key, values) };
  };
}

/** Checked here, because what cannot stand in a header or URL would be quoted by the error of `fetch`. */
function unusable(vendor: HttpVendor, { baseUrl, headers }: Connection): string | undefined {
  if (!Object.values(headers).every((value) => /^[\x20-\x7e]+$/.test(value)))
    return `${vendor.keyVariable} holds characters that no key has; set it again`;
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const plain =
    url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === '';
  return plain
    ? undefined
    : `${vendor.baseUrlVariable} must be an http or https address without user, query or fragment`;
}

function refusal(vendor: HttpVendor, unconfigured: string): OmniError {
  const detail = `${vendor.provider} cannot be called: ${unconfigured}.`;
  return new OmniError('authentication', detail, { provider: vendor.provider });
}

function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

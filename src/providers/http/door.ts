/** The ways out of this process: one that goes anywhere, for addresses the operator set, and one that is guarded, for all others. */
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { createAddressPolicy, type AddressPolicy, type PolicySettings } from './address-policy';

/** Code of the error that a refused address ends with. */
export const ADDRESS_REFUSED = 'ADDRESS_REFUSED';

export interface Door {
  /** For base URLs that the operator set or a vendor's file names. */
  readonly open: Dispatcher;
  /** For URLs that came with a definition, an execution or an answer: public addresses only, and what `allow` names. */
  readonly guarded: Dispatcher;
  /** Destroys all sockets. */
  close(): Promise<void>;
}

export interface DoorSettings extends PolicySettings {
  /** The resolver; the system's unless told. */
  readonly lookup?: LookupFunction;
}

/** The house client keeps the time itself, since models think longer than undici's five minutes. */
const NO_CLOCKS = { headersTimeout: 0, bodyTimeout: 0 };

export function createDoor({ lookup = systemLookup, ...settings }: DoorSettings): Door {
  const policy = createAddressPolicy(settings);
  const open = new Agent({ ...NO_CLOCKS, connect: { lookup } });
  const guarded = new Agent({ ...NO_CLOCKS, connect: guardedConnector(policy, lookup) });
  return {
    open,
    guarded,
    async close() {
      await Promise.all([open.destroy(), guarded.destroy()]);
    },
  };
}

/**
 * Checks every address of the look-up that the socket itself connects by, so that no name can answer differently in between.
 * Literal addresses are not looked up, so they are checked before.
 */
function guardedConnector(policy: AddressPolicy, lookup: LookupFunction): buildConnector.connector {
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '').toLowerCase();
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    if (isIP(host) !== 0 && !policy({ host, port, address: host })) {
      callback(refusal(), null);
      return;
    }
    const checked: LookupFunction = (name, wishes, done) => {
      lookup(name, wishes, (error, found, family) => {
        if (error) return done(error, found, family);
        const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address);
        const all = addresses.length > 0 && addresses.every((address) => policy({ host, port, address }));
        return all ? done(null, found, family) : done(refusal(), '', 0);
      });
    };
    buildConnector({ lookup: checked })(options, callback);
  };
}

function refusal(): Error & { code: string } {
  return Object.assign(new Error('the address is not public'), { code: ADDRESS_REFUSED });
}

/** Readies the keys of a process: finds them, makes sure that none is missing that something was encrypted with, and makes the codecs. */
import type { PayloadCodec } from '@temporalio/common';
import type { Logger } from 'pino';
import type { PlaintextEvent } from '../../workers/encryption';
import type { Config } from '../config';
import type { KeyRing } from '../encryption/key-ring';
import { findKeys } from '../encryption/key-source';
import { OmniError } from '../plan/problem';
import { KEY_WITHDRAWN_REASON } from '../plan/payload-mark';
import type { AuditLog } from '../security/audit';
import type { Store } from '../store/store';
import { clientCodec, workerCodec } from '../temporal/payload-codec';

/** A process without the key may still start executions while the others are given it. */
const SWITCHING_MS = 60 * 60 * 1000;

/** For commands beside the platform: replays, scenarios. Take plaintext as it comes; undefined where there is no key. */
export function codecsBeside(config: Config): Record<'client' | 'worker', PayloadCodec> | undefined {
  const keys = findKeys(config, { make: false })?.keys;
  const { namespace } = config.temporal;
  return (
    keys && {
      client: clientCodec({ keys, namespace }),
      worker: workerCodec({ keys, namespace, plaintextUntil: Infinity }),
    }
  );
}

/** The keys of a platform; makes the local one in development. Undefined: nothing is encrypted. */
export function platformKeys(config: Config, logger: Logger): KeyRing | undefined {
  const found = findKeys(config, { make: true });
  if (found?.made !== undefined)
    logger.warn(
      { file: found.made },
      'made a key that payloads are encrypted with; keep a copy of this file elsewhere: without it they cannot be read again',
    );
  if (found === undefined || !config.encryption.enabled) logger.warn('payloads are not encrypted');
  return found?.keys;
}

export interface KeyCheck {
  readonly config: Pick<Config, 'encryption' | 'temporal'>;
  readonly keys: KeyRing | undefined;
  readonly table: Store['encryptionKeys'];
  /** Nothing was ever started here, so plaintext is nobody's. */
  readonly fresh: boolean;
  /** Ends an execution that can never go on, for a fixed reason. */
  readonly terminate: (executionId: string, reason: string) => Promise<unknown>;
  /** Another process encrypts with a key that this one lacks: it must take no more work. */
  readonly outdated: (keyId: string) => void;
}

/**
 * The codec of workers. Throws `validation` when a key is missing: a worker without it would fail executions that only wait for a
 * setting to be mended.
 */
export async function checkedCodec(check: KeyCheck): Promise<PayloadCodec | undefined> {
  const { config, keys, table, fresh } = check;
  const { withdrawn } = config.encryption;
  const held = keys?.ids ?? [];
  const both = held.filter((id) => withdrawn.includes(id));
  if (both.length > 0)
    throw new OmniError(
      'validation',
      `ENCRYPTION_WITHDRAWN_KEYS names ${both.join(', ')}, which is given as a key too.`,
    );
  const missing = (await table.list()).filter((id) => !held.includes(id) && !withdrawn.includes(id));
  if (missing.length > 0)
    throw new OmniError(
      'validation',
      `Values here were encrypted with ${missing.length === 1 ? 'a key' : 'keys'} that this process does not have: ${missing.join(', ')}. ` +
        'Give the old key in ENCRYPTION_OLD_KEYS (or copy encryption.key from the data directory of the process that made it). ' +
        'If it is lost, name it in ENCRYPTION_WITHDRAWN_KEYS: executions that need it then fail.',
    );
  if (keys === undefined) return undefined;
  if (keys.primary !== undefined) await table.note(keys.primary, new Date(fresh ? 0 : Date.now() + SWITCHING_MS));
  const plaintextUntil = keys.primary === undefined ? Infinity : await table.plaintextUntil();
  return workerCodec({
    keys,
    namespace: config.temporal.namespace,
    plaintextUntil,
    onMissingKey: (keyId, executionId) => missingKey(check, keyId, executionId),
  });
}

/**
 * A withdrawn key ends the execution from outside: its own code would have to be replayed to come to an end, and that needs the key.
 * What names a key that was never ours is forged, and refused where it is read.
 */
async function missingKey({ config, table, terminate, outdated }: KeyCheck, keyId: string, executionId: string) {
  if (config.encryption.withdrawn.includes(keyId)) {
    // It may have ended already: then it was only looked at.
    if (executionId !== '') await terminate(executionId, KEY_WITHDRAWN_REASON).catch(() => undefined);
  } else if ((await table.list()).includes(keyId)) {
    outdated(keyId);
    throw new OmniError(
      'policy',
      `The key ${keyId} is in use, and this process does not have it. Restart it with the key.`,
    );
  }
}

/** What came unencrypted from outside; whoever sent it had no key to show. */
export async function auditPlaintext(log: Promise<AuditLog>, event: PlaintextEvent): Promise<void> {
  const { executionId, workflow, kind, accepted } = event;
  const opened = await log;
  await opened.record({
    actor: { id: 'unverified', kind: 'anonymous', roles: [] },
    action: `plaintext.${kind}`,
    resource: { kind: 'execution', id: executionId },
    outcome: accepted ? 'allowed' : 'denied',
    details: { id: workflow },
  });
}

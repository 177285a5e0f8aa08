/** The caller: who has been found behind a request, and what he may do. */
import { OmniError } from '../plan/problem';
import type { Permission, Role } from './roles';
import { grants, PERMISSIONS } from './roles';

export interface Caller {
  /** Whom the key or token speaks for: what is recorded as `by`. */
  readonly id: string;
  /** `anonymous`: authentication is switched off. */
  readonly kind: 'key' | 'token' | 'anonymous';
  readonly roles: readonly Role[];
  /** Words of the operator's own that tasks may name beside the roles, such as `teacher`. */
  readonly groups: readonly string[];
  /** Of the key. */
  readonly keyId?: string;
  /** Came with a cookie. */
  readonly session?: true;
}

export function may(caller: Caller, permission: Permission): boolean {
  return grants(caller.roles, permission);
}

/** Why somebody may not: names the permission, who has it, and how to get a key with it. Undefined: he may. */
export function refusalOf({ id, roles }: Pick<Caller, 'id' | 'roles'>, permission: Permission): OmniError | undefined {
  if (grants(roles, permission)) return undefined;
  const holders: readonly string[] = PERMISSIONS[permission];
  const has = roles.length === 0 ? 'no role' : listed(roles);
  return new OmniError(
    'authorization',
    `This needs the permission ${permission}, which ${listed(holders)} ${holders.length === 1 ? 'has' : 'have'}; ${id} has ${has}. An admin makes a key with: omni keys create --role ${holders[0] ?? 'admin'}`,
  );
}

/** Throws the refusal. */
export function demand(caller: Caller, permission: Permission): void {
  const refusal = refusalOf(caller, permission);
  if (refusal !== undefined) throw refusal;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

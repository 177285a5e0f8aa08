/** The specification's calls about who somebody is and what he may do, for host programs, which are trusted to say who asks. */
import { OmniError } from '../plan/problem';
import type { AuditLog, AuditRecord } from '../security/audit';
import type { Caller } from '../security/caller';
import { refusalOf } from '../security/caller';
import type { Role } from '../security/roles';
import { isPermission } from '../security/roles';
import type { Security } from '../security/security';
import type { AuditEventQuery } from './audit-events';
import { auditEvents } from './audit-events';

/** What proves who somebody is; a `userId` alone proves nothing and is believed, because the host program says it. */
export type Credentials = { readonly userId: string } | { readonly apiKey: string } | { readonly token: string };

export interface Whereabouts {
  readonly ipAddress?: string;
  readonly userAgent?: string;
}

export interface AuthenticatedUser {
  readonly id: string;
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
}

export type AuthenticationResult =
  | {
      readonly success: true;
      readonly user: AuthenticatedUser;
      /** `asserted`: the host program said who it is. */
      readonly session: { readonly kind: 'asserted' | 'key' | 'token'; readonly since: string };
    }
  | { readonly success: false; readonly error: string };

export interface PermissionResult {
  readonly allowed: boolean;
  /** Why not. */
  readonly reason?: string;
}

export interface SecurityCalls {
  /** A `userId` that no key speaks for succeeds without a role. Rejects when the database does not answer. */
  authenticate(credentials: Credentials, where?: Whereabouts): Promise<AuthenticationResult>;
  /** By the roles that keys in force give to the user. Rejects with `not-found` for a resource or action that there is not. */
  checkPermission(userId: string, resource: string, action: string, context?: object): Promise<PermissionResult>;
  /** Of the audit log, the newest first. */
  getAuditEvents(query?: AuditEventQuery): Promise<readonly AuditRecord[]>;
}

export interface SecurityCallParts {
  readonly security: Security;
  /** Opened when it is first needed. */
  readonly openAudit: () => Promise<AuditLog>;
}

export function createSecurityCalls({ security, openAudit }: SecurityCallParts, now: () => number): SecurityCalls {
  const identify = async (bearer: string, address: string): Promise<Caller> => {
    const found = await security.identify({ bearer, address });
    if (found === undefined) throw new OmniError('authentication', 'Nothing was shown.');
    return found.caller;
  };
  return {
    async authenticate(credentials, { ipAddress } = {}) {
      const since = new Date(now()).toISOString();
      if ('userId' in credentials) {
        const { userId: id } = credentials;
        const user = { id, roles: await security.keys.rolesOf(id), groups: [] };
        const audit = await openAudit();
        const actor = { id, kind: 'asserted', roles: user.roles };
        await audit.record({ actor, action: 'authenticate', outcome: 'allowed', ...addressOf(ipAddress) });
        return { success: true, user, session: { kind: 'asserted', since } };
      }
      try {
        const shown = 'apiKey' in credentials ? credentials.apiKey : credentials.token;
        const { id, roles, groups } = await identify(shown, ipAddress ?? 'library');
        return {
          success: true,
          user: { id, roles, groups },
          session: { kind: 'apiKey' in credentials ? 'key' : 'token', since },
        };
      } catch (error) {
        if (error instanceof OmniError && ['authentication', 'rate-limited'].includes(error.problem.type))
          return { success: false, error: error.message };
        throw error;
      }
    },
    async checkPermission(userId, resource, action) {
      const permission = `${resource}:${action}`;
      if (!isPermission(permission))
        throw new OmniError('not-found', `There is no permission ${permission}. docs/security.md lists them.`);
      const refusal = refusalOf({ id: userId, roles: await security.keys.rolesOf(userId) }, permission);
      return refusal === undefined ? { allowed: true } : { allowed: false, reason: refusal.message };
    },
    getAuditEvents: async (query) => auditEvents(await openAudit(), query),
  };
}

function addressOf(ipAddress: string | undefined): { address?: string } {
  return ipAddress === undefined ? {} : { address: ipAddress };
}

/** The roles that a caller can have, and what each of them may do. */

export const ROLES = ['viewer', 'operator', 'author', 'reviewer', 'auditor', 'admin', 'agent'] as const;
export type Role = (typeof ROLES)[number];

export function isRole(word: string): word is Role {
  return (ROLES as readonly string[]).includes(word);
}

const READERS = ['viewer', 'operator', 'author', 'reviewer', 'auditor', 'admin'] as const;

/** Whom each permission is given to. `resource:action`, as `checkPermission(userId, resource, action)` says it. */
export const PERMISSIONS = {
  'workflow:read': READERS,
  'workflow:execute': ['operator', 'author', 'admin'],
  'workflow:publish': ['author', 'admin'],
  'schedule:read': READERS,
  'schedule:manage': ['operator', 'admin'],
  'execution:read': READERS,
  /** Personal data in what an execution took and gave; without it they are replaced. */
  'execution:reveal': ['operator', 'author', 'auditor', 'admin'],
  /** Everything that Temporal keeps. */
  'history:read': ['auditor', 'admin'],
  'execution:control': ['operator', 'admin'],
  'execution:rerun': ['operator', 'admin'],
  'execution:terminate': ['admin'],
  'execution:purge': ['admin'],
  'event:send': ['operator', 'author', 'admin'],
  'task:read': READERS,
  /** A task's own roles count beside. */
  'task:answer': ['operator', 'reviewer', 'admin'],
  'agent:read': [...READERS, 'agent'],
  'agent:manage': ['operator', 'admin'],
  /** The status of an agent; an agent says only its own. */
  'agent:report': ['operator', 'admin', 'agent'],
  /** What agents are asked to do. */
  'agent-task:read': READERS,
  'agent-task:create': ['operator', 'author', 'admin'],
  'agent-task:cancel': ['operator', 'admin'],
  'agent:message': ['operator', 'author', 'admin', 'agent'],
  'tool:read': READERS,
  'tool:execute': ['operator', 'author', 'admin'],
  'server:read': READERS,
  'config:read': ['operator', 'author', 'auditor', 'admin'],
  'config:write': ['admin'],
  'scenario:read': READERS,
  'scenario:run': ['operator', 'author', 'admin'],
  'monitoring:read': READERS,
  'alert:read': READERS,
  'alert:manage': ['operator', 'admin'],
  'metrics:read': ['operator', 'author', 'auditor', 'admin'],
  'key:read': ['auditor', 'admin'],
  'key:manage': ['admin'],
  'audit:read': ['auditor', 'admin'],
  'payload:encode': ['operator', 'author', 'admin'],
  'payload:decode': ['auditor', 'admin'],
  /** What says nothing about this installation. */
  'docs:read': ROLES,
  /** One's own sign-in. */
  'session:own': ROLES,
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof PERMISSIONS;

export function isPermission(word: string): word is Permission {
  return Object.hasOwn(PERMISSIONS, word);
}

export function permissionsOf(roles: readonly string[]): readonly Permission[] {
  return Object.keys(PERMISSIONS).filter((one): one is Permission => isPermission(one) && grants(roles, one));
}

export function grants(roles: readonly string[], permission: Permission): boolean {
  const holders: readonly string[] = PERMISSIONS[permission];
  return roles.some((role) => holders.includes(role));
}

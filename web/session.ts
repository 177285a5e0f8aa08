/** Who looks at the page, and what he may do: buttons go by it, the API decides. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Session } from './shapes';

const NOBODY: Session = { id: 'nobody', kind: 'anonymous', roles: [], groups: [], permissions: [], links: {} };

export const SessionContext = createContext<Session>(NOBODY);

export function useSession(): Session {
  return useContext(SessionContext);
}

/** Whether the caller has a permission, as `src/security/access.ts` names them. */
export function useMay(permission: string): boolean {
  return useSession().permissions.includes(permission);
}

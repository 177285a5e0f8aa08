/** The keys of a new installation: one for an admin, one for a reviewer, so that approvals have somebody else to give them. */
import type { ApiKeyTable } from '../store/api-key-table';
import { mintKey } from './api-key';
import type { Role } from './roles';

/** In the data directory: where the admin's key is written when nobody watches the first start. */
export const ADMIN_KEY_FILE = 'admin.key';
export const REVIEWER_KEY_FILE = 'reviewer.key';

export interface FirstKeys {
  readonly admin: string;
  readonly reviewer: string;
}

/** Undefined: there are keys already. */
export async function makeFirstKeys(table: ApiKeyTable): Promise<FirstKeys | undefined> {
  const minted = { admin: mintKey(), reviewer: mintKey() };
  const rows = (Object.keys(minted) as (keyof FirstKeys & Role)[]).map((role) => ({
    id: minted[role].id,
    hash: minted[role].hash,
    name: role,
    owner: role,
    roles: [role],
    groups: [],
    createdBy: 'first start',
    expiresAt: null,
  }));
  return (await table.addFirst(rows)) ? { admin: minted.admin.key, reviewer: minted.reviewer.key } : undefined;
}

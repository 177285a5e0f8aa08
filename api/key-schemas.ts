/** The shape of a key of this API, as the API speaks it. */
import { z } from 'zod';
import { ROLES } from '../src/security/roles';

const time = z.iso.datetime().describe('ISO 8601');

export const KeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    owner: z.string().describe('Whom it speaks for'),
    roles: z.array(z.enum(ROLES)),
    groups: z.array(z.string()),
    status: z.enum(['active', 'expired', 'revoked']),
    createdAt: time,
    createdBy: z.string(),
    expiresAt: time.optional(),
    revokedAt: time.optional(),
    lastUsedAt: time.optional().describe('To the minute'),
  })
  .meta({ id: 'ApiKey' });

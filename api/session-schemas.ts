/** The shape of a caller, as the API speaks it. */
import { z } from 'zod';
import { ROLES } from '../src/security/roles';

export const CallerSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['key', 'token', 'anonymous']),
    roles: z.array(z.enum(ROLES)),
    groups: z.array(z.string()),
    keyId: z.string().optional(),
    permissions: z.array(z.string()).describe('What these roles may do'),
    links: z
      .object({ temporal: z.string().optional() })
      .describe('`temporal`: where its Web UI shows the namespace, if that is known'),
  })
  .meta({ id: 'Caller' });

/** Types as a definition writes them, as JSON Schema: what the keys `payload`, `form`, `output` and `types` hold. */
import type { JsonSchema } from '../plan/json';
import { TYPE_WORDS } from './vocabulary';
import { objectOf } from './word-schema';

export const TYPE_SCHEMAS: Readonly<Record<'fields' | 'type', JsonSchema>> = {
  fields: { type: 'object', additionalProperties: { $ref: '#/$defs/type' } },
  type: {
    anyOf: [
      { type: 'string' },
      objectOf(TYPE_WORDS),
      {
        type: 'object',
        required: ['$schema'],
        properties: { $schema: { type: 'string' } },
        additionalProperties: false,
      },
      {
        type: 'object',
        not: { anyOf: [{ required: ['type'] }, { required: ['$schema'] }] },
        additionalProperties: { $ref: '#/$defs/type' },
      },
    ],
  },
};

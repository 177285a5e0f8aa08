/** The tool `homework.write` of the provider `course`: one gap-fill exercise for each correction. */
import type { JsonObject, RegisteredTool } from '../../src/index';

interface Correction {
  readonly original: string;
  readonly suggestion: string;
  readonly offset: number;
  readonly length: number;
}

export const homeworkTool: RegisteredTool = {
  metadata: {
    name: 'homework.write',
    description: 'Makes a gap-fill exercise out of each correction',
    version: '1.0.0',
    provider: 'course',
    category: 'homework',
    timeout: 5000,
    retryable: true,
    requiresAuth: false,
    scopes: [],
  },
  capabilities: [
    {
      name: 'write',
      description: 'Corrections in, exercises out',
      inputTypes: ['application/json'],
      outputTypes: ['application/json'],
      supportedProviders: ['course'],
    },
  ],
  execute: ({ text, corrections }) => {
    const written = text as string;
    const exercises = (corrections as unknown as readonly Correction[]).map(({ offset, length }) => {
      const gap = '_'.repeat(Math.max(3, length));
      return `${written.slice(0, offset)}${gap}${written.slice(offset + length)}`;
    });
    return Promise.resolve({ exercises });
  },
  healthCheck: () => Promise.resolve(true),
  validate: ({ text, corrections }: JsonObject) => {
    const errors = [
      ...(typeof text === 'string' ? [] : ['text must be a string']),
      ...(Array.isArray(corrections) ? [] : ['corrections must be a list']),
    ];
    return { valid: errors.length === 0, errors };
  },
};

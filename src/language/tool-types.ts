/** What a tool's contract says in the checker's types. */
import { z } from 'zod';
import type { JsonSchema } from '../plan/json';
import type { ToolContract } from '../tools/tool';
import { jsonSchemaToType } from './json-schema';
import type { Type } from './type';

interface ContractTypes {
  readonly input: Type;
  readonly output: Type;
}

const known = new WeakMap<ToolContract, ContractTypes>();

export function contractTypes(contract: ToolContract): ContractTypes {
  const ready = known.get(contract);
  if (ready !== undefined) return ready;
  const types = {
    input: jsonSchemaToType(contractSchema(contract.input, 'input')),
    output: jsonSchemaToType(contractSchema(contract.output, 'output')),
  };
  known.set(contract, types);
  return types;
}

const elsewhere = new WeakMap<z.ZodType, (io: 'input' | 'output') => JsonSchema>();

/** For a copy of a contract, whose schemas have stayed in the thread that it comes from. */
export function takeSchemaFrom(schema: z.ZodType, source: (io: 'input' | 'output') => JsonSchema): void {
  elsewhere.set(schema, source);
}

/** `input`: what may be given; `output`: what comes out after defaults. What JSON Schema cannot say is let through. */
export function contractSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const copied = elsewhere.get(schema);
  if (copied !== undefined) return copied(io);
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as unknown as JsonSchema;
}

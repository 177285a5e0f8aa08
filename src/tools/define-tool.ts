/** A tool's contract as a plugin writes it: the usual terms are filled in, and the category comes out of the name. */
import type { ToolContract } from './tool';

/** `category`, `placement` and `timeoutMs` may be left out: the part before the dot, `remote`, 60 seconds. */
export type ToolDescription = Omit<ToolContract, 'category' | 'placement' | 'timeoutMs'> &
  Partial<Pick<ToolContract, 'category' | 'placement' | 'timeoutMs'>>;

/** Keeps the types of the schemas, so that a provider can say what it is handed: `z.output<typeof tool.input>`. */
export function defineTool<T extends ToolDescription>(tool: T): T & ToolContract {
  return { category: tool.name.split('.')[0] ?? tool.name, placement: 'remote', timeoutMs: 60_000, ...tool };
}

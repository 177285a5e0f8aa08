/** An editor's language server for YAML, which reads the schema from the address in the first line of a document, as editors do. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { getLanguageService } from 'yaml-language-server';
import type { JsonSchema } from '../../src/plan/json';

export interface Offer {
  readonly label: string;
  readonly text: string;
  readonly documentation: string;
}

export interface Editor {
  /** What is offered where `█` stands. */
  complete(text: string): Promise<readonly Offer[]>;
  /** What is shown of the word in which `█` stands. */
  hover(text: string): Promise<string>;
  /** Messages with their lines, from 1. */
  check(text: string): Promise<readonly string[]>;
}

const ADDRESS = 'http://127.0.0.1:3000/schemas/definition.json';

/** All servers of a process keep documents by name. */
let opened = 0;

export function openEditor(schema: JsonSchema): Editor {
  const service = getLanguageService({
    schemaRequestService: (uri) =>
      uri === ADDRESS ? Promise.resolve(JSON.stringify(schema)) : Promise.reject(new Error(`nothing at ${uri}`)),
    workspaceContext: { resolveRelativePath: (relative) => relative },
  });
  service.configure({ validate: true, hover: true, completion: true, yamlVersion: '1.2' });
  const open = (text: string): { document: TextDocument; position: ReturnType<TextDocument['positionAt']> } => {
    const whole = `# yaml-language-server: $schema=${ADDRESS}\n${text}`;
    const at = whole.indexOf('█');
    const document = TextDocument.create(`file:///definitions/d${++opened}.yaml`, 'yaml', 1, whole.replace('█', ''));
    return { document, position: document.positionAt(Math.max(0, at)) };
  };
  return {
    async complete(text) {
      const { document, position } = open(text);
      const { items } = await service.doComplete(document, position, false);
      return items.map(({ label, insertText, documentation }) => ({
        label,
        text: insertText ?? '',
        documentation: typeof documentation === 'string' ? documentation : (documentation?.value ?? ''),
      }));
    },
    async hover(text) {
      const { document, position } = open(text);
      const shown = await service.doHover(document, position);
      const contents = shown?.contents;
      return typeof contents === 'object' && 'value' in contents ? contents.value : '';
    },
    async check(text) {
      const { document } = open(text);
      const found = await service.doValidation(document, false);
      // The first line is the address of the schema.
      return found.map(({ message, range }) => `${range.start.line}: ${message}`);
    },
  };
}

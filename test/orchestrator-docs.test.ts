import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const root = path.resolve(__dirname, '..');
const text = readFileSync(path.join(root, 'docs/library.md'), 'utf8');

interface Row {
  readonly name: string;
  readonly signature: string;
  readonly file: string;
}

/** Rows `| `name` | `signature` | [file](…) |`. */
function written(): readonly Row[] {
  return [...text.matchAll(/^\| `([^`]+)` +\| `([^`]+)` +\| \[([^\]]+)\]/gm)].map(
    ([, name = '', signature = '', file = '']) => ({
      name,
      signature: signature.replaceAll('\\|', '|'),
      file,
    }),
  );
}

/** The methods of `Orchestrator` and of what its accessors return, as the type checker sees them. */
function declared(): readonly Row[] {
  const configFile = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(configFile.config, ts.sys, root);
  const program = ts.createProgram([path.join(root, 'src/orchestrator.ts')], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path.join(root, 'src/orchestrator.ts'));
  const face = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  const symbol = face?.exports?.get('Orchestrator' as ts.__String);
  if (symbol === undefined) throw new Error('src/orchestrator.ts exports no Orchestrator');
  const instance = checker.getDeclaredTypeOfSymbol(symbol);
  const statics = checker.getTypeOfSymbol(symbol);

  const rows: Row[] = [];
  const visit = (type: ts.Type, prefix: string): void => {
    for (const member of checker.getPropertiesOfType(type)) {
      const declaration = member.declarations?.[0];
      const [signature] = checker.getTypeOfSymbol(member).getCallSignatures();
      if (declaration === undefined || signature === undefined || member.name.startsWith('__#')) continue;
      const file = path.relative(root, declaration.getSourceFile().fileName);
      if (!file.startsWith('src')) continue;
      const shown = checker.signatureToString(signature, undefined, ts.TypeFormatFlags.NoTruncation);
      rows.push({ name: `${prefix}${member.name}`, signature: shown, file });
      if (member.name.startsWith('get') && prefix === '') visit(signature.getReturnType(), `${member.name}().`);
    }
  };
  visit(statics, 'Orchestrator.');
  visit(instance, '');
  return rows.filter(({ name }) => name !== 'Orchestrator.prototype');
}

describe('the table in docs/library.md', () => {
  let methods: readonly Row[];
  beforeAll(() => {
    methods = declared();
  }, 60_000);

  test('lists every method with the signature and the file that the code has', () => {
    expect(written()).toEqual(methods);
  });

  test('leads to files that exist', () => {
    for (const [, link = ''] of text.matchAll(/\]\((\.\.\/[^)]+)\)/g))
      expect(() => readFileSync(path.join(root, 'docs', link))).not.toThrow();
  });
});

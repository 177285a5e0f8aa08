/** Values with expressions in them → plain data. A tool's answer is data: nothing is evaluated twice. */
import { MAX_VALUE_BYTES } from './blob';
import { toJson, toText } from './expression/convert';
import type { EvaluationScope } from './expression/evaluate';
import { settle } from './expression/evaluate';
import { fail } from './expression/fault';
import { put } from './expression/value';
import type { Json } from './json';
import type { Template } from './plan';
import { OmniError } from './problem';

interface Rendering {
  readonly scope: EvaluationScope;
  /** What the result may still hold, in bytes, about. */
  left: number;
}

/**
 * The template's value. An expression that is the whole of a value keeps its type; an absent one leaves its key out of an
 * object, and is undefined at the top. Throws `OmniError` of type `expression` when an expression fails, is absent inside a
 * list or text, or when the result exceeds 25 MB. Literals are handed out as they are, not copied.
 */
export function render(template: Template, scope: EvaluationScope): Json | undefined {
  // One rendering is one evaluation: its expressions agree on the time.
  let nowMs: number | undefined;
  const once = { roots: scope.roots, uuid: () => scope.uuid(), now: () => (nowMs ??= scope.now()) };
  return renderPart(template, { scope: once, left: MAX_VALUE_BYTES });
}

function renderPart(template: Template, rendering: Rendering): Json | undefined {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return renderExpression(template.source, rendering);
    case 'text':
      return template.parts
        .map((part) => (typeof part === 'string' ? part : renderText(part.source, rendering)))
        .join('');
    case 'list':
      return template.items.map((item, index) => {
        const value = renderPart(item, rendering);
        return value === undefined ? absentElement(item, index) : value;
      });
    case 'object': {
      const result: Record<string, Json> = {};
      for (const [key, field] of Object.entries(template.fields)) {
        const value = renderPart(field, rendering);
        if (value !== undefined) put(result, key, value);
      }
      return result;
    }
  }
}

function renderExpression(source: string, rendering: Rendering): Json | undefined {
  return settle(source, rendering.scope, (value, { meter }) => {
    if (value === undefined) return undefined;
    const before = meter.grown;
    const json = toJson(value, meter);
    take(rendering, meter.grown - before);
    return json;
  });
}

function renderText(source: string, rendering: Rendering): string {
  return settle(source, rendering.scope, (value, { meter }) => {
    if (value === undefined) return fail('it is absent inside a text; end it with .orValue(…)');
    const text = toText(value, meter);
    take(rendering, text.length);
    return text;
  });
}

function take(rendering: Rendering, bytes: number): void {
  if ((rendering.left -= bytes) < 0) fail(`the whole value would exceed ${MAX_VALUE_BYTES / 1024 / 1024} MB`);
}

function absentElement(item: Template, index: number): never {
  const which = item.kind === 'expression' ? `\`${item.source.slice(0, 80)}\`` : 'it';
  throw new OmniError(
    'expression',
    `Element ${index + 1} of a list is absent: ${which} has no value. End the expression with .orValue(…).`,
  );
}

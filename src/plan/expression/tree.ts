/** The tree of an expression, as evaluator and checker see it. */
import type { Bytes } from './value';

/** UTF-16 offsets into the source; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | 'in' | '&&' | '||';
export type ComprehensionKind = 'all' | 'exists' | 'exists_one' | 'filter' | 'map';

/** One place of the tree. `name` spans are those of the field's or function's name alone. */
export type Node = Span &
  (
    | { readonly kind: 'literal'; readonly value: null | boolean | number | string | Bytes }
    | { readonly kind: 'name'; readonly name: string }
    /** `target.name`, `target.?name`. */
    | {
        readonly kind: 'field';
        readonly target: Node;
        readonly name: string;
        readonly nameSpan: Span;
        readonly optional: boolean;
      }
    /** `target[index]`, `target[?index]`. */
    | { readonly kind: 'index'; readonly target: Node; readonly index: Node; readonly optional: boolean }
    | { readonly kind: 'list'; readonly items: readonly Node[] }
    | { readonly kind: 'map'; readonly entries: readonly { readonly key: Node; readonly value: Node }[] }
    | { readonly kind: 'not' | 'negate'; readonly operand: Node }
    | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
    | { readonly kind: 'conditional'; readonly test: Node; readonly then: Node; readonly otherwise: Node }
    | { readonly kind: 'has'; readonly path: Node }
    | {
        readonly kind: 'comprehension';
        readonly macro: ComprehensionKind;
        readonly target: Node;
        readonly variable: string;
        readonly filter?: Node;
        readonly body: Node;
      }
    | { readonly kind: 'bind'; readonly variable: string; readonly value: Node; readonly body: Node }
    | { readonly kind: 'optional-of'; readonly value: Node }
    | { readonly kind: 'optional-none' }
    | {
        readonly kind: 'call';
        readonly name: string;
        readonly nameSpan: Span;
        readonly target?: Node;
        readonly args: readonly Node[];
      }
  );

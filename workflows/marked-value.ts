/** Values that did not come as they should: what could not be opened, and what nobody encrypted for this execution. */
import type { Problem, ProblemType } from '../src/plan/problem';
import { asFailure } from './failure';

/** Stands for a value that could not be opened. Whoever awaits it as the answer of a call or of a child is told why. */
export class Unopened implements Problem {
  readonly type: ProblemType;
  readonly title: string;
  readonly status: number;
  readonly detail: string;

  constructor({ type, title, status, detail }: Problem) {
    this.type = type;
    this.title = title;
    this.status = status;
    this.detail = detail;
  }

  /** A promise that is resolved with this one is rejected; nothing else can be done where the SDK turns payloads into answers. */
  then(_taken: unknown, refuse: (reason: unknown) => void): void {
    refuse(asFailure({ type: this.type, title: this.title, status: this.status, detail: this.detail }));
  }
}

/** A value that came unencrypted from outside, in an execution that began when values were encrypted already. */
export class Plain {
  constructor(readonly value: unknown) {}
}

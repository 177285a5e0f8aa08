/** Who asks: the one place where a request says who sent it, and in which roles. */

/** What a caller says of himself; nothing checks it. */
export interface Claim {
  readonly by?: string | undefined;
  readonly roles?: readonly string[] | undefined;
}

export interface Asker {
  readonly by: string;
  readonly roles: readonly string[];
}

/** Callers are taken at their word: the API authenticates nobody, which is why it listens on loopback alone. */
export function askerOf({ by = 'unverified', roles = [] }: Claim): Asker {
  return { by, roles };
}

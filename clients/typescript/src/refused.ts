/** An error of GraphQL, as the server sends it. */
export interface GraphQLFault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly [name: string]: unknown };
}

/**
 * The server did not answer the operation: it was malformed, not allowed, too expensive, or something broke.
 *
 * What a mutation refuses for reasons of the game is no exception but data: a member of its result with `__typename`,
 * `code` and `message`.
 */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    /** A stable name for the reason, such as `RATE_LIMITED`. */
    readonly code: string,
    message: string,
    /** Everything the server said. */
    readonly errors: readonly GraphQLFault[] = [],
    /** How long the server asks to wait, when it does. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }

  static because(errors: readonly GraphQLFault[], retryAfterMs: number | null = null): Refused {
    const [first] = errors;
    return new Refused(first?.extensions?.code ?? "UNKNOWN", first?.message ?? "The answer is empty.", errors, retryAfterMs);
  }
}

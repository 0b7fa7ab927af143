/** A first-party document: what the server knows it by, and the types of what goes in and comes out. */
export interface Document<Kind extends "query" | "mutation" | "subscription", Result, Variables> {
  readonly kind: Kind;
  readonly name: string;
  /** `sha256:` and the SHA-256 of the document's file on the server. */
  readonly id: string;
  /** Never there; it carries the types. */
  readonly types?: (variables: Variables) => Result;
}

/** The variables as an argument, which may be left out when there are none. */
export type Given<Variables> = Record<string, never> extends Variables ? [variables?: Variables] : [variables: Variables];

/* eslint-disable */
import * as types from './graphql.js';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "mutation Create($input: CreateTournamentInput!) {\n  createTournament(input: $input) {\n    ... on CreateTournamentPayload {\n      tournament {\n        id\n        slug\n        status\n      }\n    }\n    ... on UserError {\n      code\n      message\n    }\n  }\n}": typeof types.CreateDocument,
    "mutation SignUp($input: RegisterInput!) {\n  register(input: $input) {\n    ... on RegisterPayload {\n      tokens {\n        accessToken\n        refreshToken\n      }\n    }\n    ... on UserError {\n      code\n      message\n    }\n  }\n}": typeof types.SignUpDocument,
    "query Tournaments {\n  tournaments(first: 20) {\n    edges {\n      node {\n        id\n        slug\n        name\n        status\n      }\n    }\n  }\n  viewer {\n    user {\n      id\n      username\n    }\n  }\n}": typeof types.TournamentsDocument,
    "subscription Watch($tournamentId: ID!, $after: String) {\n  bracketChanges(tournamentId: $tournamentId, after: $after) {\n    ... on BracketSnapshot {\n      cursor\n      tournament {\n        id\n        name\n        status\n      }\n    }\n    ... on MatchChanged {\n      cursor\n      match {\n        id\n        version\n        status\n      }\n    }\n    ... on TournamentChanged {\n      cursor\n      tournament {\n        id\n        name\n        status\n      }\n    }\n    ... on Resync {\n      reason\n    }\n  }\n}": typeof types.WatchDocument,
};
const documents: Documents = {
    "mutation Create($input: CreateTournamentInput!) {\n  createTournament(input: $input) {\n    ... on CreateTournamentPayload {\n      tournament {\n        id\n        slug\n        status\n      }\n    }\n    ... on UserError {\n      code\n      message\n    }\n  }\n}": types.CreateDocument,
    "mutation SignUp($input: RegisterInput!) {\n  register(input: $input) {\n    ... on RegisterPayload {\n      tokens {\n        accessToken\n        refreshToken\n      }\n    }\n    ... on UserError {\n      code\n      message\n    }\n  }\n}": types.SignUpDocument,
    "query Tournaments {\n  tournaments(first: 20) {\n    edges {\n      node {\n        id\n        slug\n        name\n        status\n      }\n    }\n  }\n  viewer {\n    user {\n      id\n      username\n    }\n  }\n}": types.TournamentsDocument,
    "subscription Watch($tournamentId: ID!, $after: String) {\n  bracketChanges(tournamentId: $tournamentId, after: $after) {\n    ... on BracketSnapshot {\n      cursor\n      tournament {\n        id\n        name\n        status\n      }\n    }\n    ... on MatchChanged {\n      cursor\n      match {\n        id\n        version\n        status\n      }\n    }\n    ... on TournamentChanged {\n      cursor\n      tournament {\n        id\n        name\n        status\n      }\n    }\n    ... on Resync {\n      reason\n    }\n  }\n}": types.WatchDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Create($input: CreateTournamentInput!) {\n  createTournament(input: $input) {\n    ... on CreateTournamentPayload {\n      tournament {\n        id\n        slug\n        status\n      }\n    }\n    ... on UserError {\n      code\n      message\n    }\n  }\n}"): (typeof documents)["mutation Create($input: CreateTournamentInput!) {\n  createTournament(input: $input) {\n    ... on CreateTournamentPayload {\n      tournament {\n        id\n        slug\n        status\n      }\n    }\n    ... on UserError {\n      code\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation SignUp($input: RegisterInput!) {\n  register(input: $input) {\n    ... on RegisterPayload {\n      tokens {\n        accessToken\n        refreshToken\n      }\n    }\n    ... on UserError {\n      code\n      message\n    }\n  }\n}"): (typeof documents)["mutation SignUp($input: RegisterInput!) {\n  register(input: $input) {\n    ... on RegisterPayload {\n      tokens {\n        accessToken\n        refreshToken\n      }\n    }\n    ... on UserError {\n      code\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Tournaments {\n  tournaments(first: 20) {\n    edges {\n      node {\n        id\n        slug\n        name\n        status\n      }\n    }\n  }\n  viewer {\n    user {\n      id\n      username\n    }\n  }\n}"): (typeof documents)["query Tournaments {\n  tournaments(first: 20) {\n    edges {\n      node {\n        id\n        slug\n        name\n        status\n      }\n    }\n  }\n  viewer {\n    user {\n      id\n      username\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription Watch($tournamentId: ID!, $after: String) {\n  bracketChanges(tournamentId: $tournamentId, after: $after) {\n    ... on BracketSnapshot {\n      cursor\n      tournament {\n        id\n        name\n        status\n      }\n    }\n    ... on MatchChanged {\n      cursor\n      match {\n        id\n        version\n        status\n      }\n    }\n    ... on TournamentChanged {\n      cursor\n      tournament {\n        id\n        name\n        status\n      }\n    }\n    ... on Resync {\n      reason\n    }\n  }\n}"): (typeof documents)["subscription Watch($tournamentId: ID!, $after: String) {\n  bracketChanges(tournamentId: $tournamentId, after: $after) {\n    ... on BracketSnapshot {\n      cursor\n      tournament {\n        id\n        name\n        status\n      }\n    }\n    ... on MatchChanged {\n      cursor\n      match {\n        id\n        version\n        status\n      }\n    }\n    ... on TournamentChanged {\n      cursor\n      tournament {\n        id\n        name\n        status\n      }\n    }\n    ... on Resync {\n      reason\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;
/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A new tournament. */
export type CreateTournamentInput = {
  /** How many games its matches have at most; odd. */
  bestOf?: number;
  /** How many can take part, 2 to 4096. CUSTOM takes it from its matches; a GSL_GROUP has 4. */
  capacity?: number;
  /** Null: with the start. */
  checkInClosesAt?: string | null | undefined;
  /** Null: there is no check-in. */
  checkInOpensAt?: string | null | undefined;
  /** What to say about it, at most 5000 characters. */
  description?: string;
  /** Where the losers of the upper bracket of a double elimination go in the lower one. */
  dropOrder?: DropOrder;
  /** Whether users or teams enter it. */
  entrantKind: ParticipantKind;
  /** How many games the upper winner is ahead in a grand final with ADVANTAGE; fewer than win it. */
  finalAdvantage?: number;
  /** How many games the final has at most. Null: as the others. */
  finalBestOf?: number | null | undefined;
  /** The slug of the game. */
  game: string;
  /** How a double elimination ends. */
  grandFinal?: GrandFinal;
  /** Whether a single elimination also plays for third place. */
  hasThirdPlaceMatch?: boolean;
  /** 1 to 100 characters. A repeat of the request with the same key happens once and answers the same. A key is kept for a week. */
  idempotencyKey?: string | null | undefined;
  /** How many of the lowest seeds start in the lower bracket of a double elimination, at most all but two. When fewer come than planned, two still start in the upper one. */
  lowerStarterCount?: number;
  /** The bracket itself, for the structure CUSTOM. */
  matches?: Array<GraphMatchInput> | null | undefined;
  /** What people call it, 1 to 100 characters. */
  name: string;
  /** Null: with the start. */
  registrationClosesAt?: string | null | undefined;
  /** Null: with publication. */
  registrationOpensAt?: string | null | undefined;
  /** Its name in addresses: 3 to 60 small letters, digits and inner hyphens. */
  slug: string;
  /** When it is planned to start. */
  startsAt: string;
  /** How its matches are linked. */
  structure: Structure;
};

/**
 * Which survivors of the lower bracket the losers of an upper round meet.
 *
 * OPTIMAL: those that put rematches off longest. CHALLONGE: as in brackets of Challonge. NATURAL: from top to bottom.
 */
export type DropOrder =
  /** As in brackets of Challonge. */
  | 'CHALLONGE'
  /** From top to bottom, which lets people meet again soon. */
  | 'NATURAL'
  /** Where those who have met can meet again last; see `eliminationFacts`. */
  | 'OPTIMAL';

/**
 * What happens after the upper and the lower final of a double elimination.
 *
 * NONE: nothing; the upper winner is champion and the lower winner second. SINGLE: they play one match. RESET: they
 * play, and play again when the lower winner wins the first time, because both then have one loss. ADVANTAGE: they
 * play one match, which the upper winner begins some games ahead.
 */
export type GrandFinal =
  /** One match, which the upper winner begins some games ahead. */
  | 'ADVANTAGE'
  /** None: the upper winner is champion, the lower winner second. */
  | 'NONE'
  /** A second match when the lower winner wins the first, because both then have one loss. */
  | 'RESET'
  /** One match between the upper and the lower winner. */
  | 'SINGLE';

/** A match of a bracket whose links are given. */
export type GraphMatchInput = {
  /** An odd number of games. Null: as the tournament. */
  bestOf?: number | null | undefined;
  /** Where slot 0 comes from. */
  first: GraphSourceInput;
  /** Its name in the bracket, unique, at most 64 characters. */
  key: string;
  /** Its round, as Challonge counts: below 0 in the lower bracket, 0 for third place. Null: by its links. */
  round?: number | null | undefined;
  /** Where slot 1 comes from. */
  second: GraphSourceInput;
};

/** Where the competitor of a slot comes from: exactly one of these. */
export type GraphSourceInput =
  {   /** The loser of the match with this key. */
  loserOf: string; seed?: never; winnerOf?: never; }
  |  { loserOf?: never;   /** The entrant with this seed. */
  seed: number; winnerOf?: never; }
  |  { loserOf?: never; seed?: never;   /** The winner of the match with this key. */
  winnerOf: string; };

/** Where a match is in its life. */
export type MatchStatus =
  /** It was called off. */
  | 'CANCELLED'
  /** The sides disagree; an organizer decides. */
  | 'DISPUTED'
  /** The result is final. */
  | 'FINISHED'
  /** The other side has not accepted yet. */
  | 'INVITED'
  /** It is being played. */
  | 'LIVE'
  /** It will not be played, because it is decided without it. */
  | 'NOT_NEEDED'
  /** It is not known yet who plays. */
  | 'PENDING'
  /** Both sides are known; it can be played. */
  | 'READY'
  /** One side reported a result; the other has to confirm it. */
  | 'REPORTED';

/** What can compete: a person on their own, or a team. */
export type ParticipantKind =
  /** A team, led by its captain. */
  | 'TEAM'
  /** A person on their own. */
  | 'USER';

/** A new account. */
export type RegisterInput = {
  /** The name to show, 1 to 60 characters. Without it the username is shown. */
  displayName?: string | null | undefined;
  /** An e-mail address nobody has registered. */
  email: string;
  /** 10 to 200 characters, and not easy to guess. */
  password: string;
  /** A name nobody has, whatever its case: 3 to 30 letters A to Z, digits, _ and -. */
  username: string;
};

/** Why a stream starts over with a snapshot. */
export type ResyncReason =
  /** The server may have missed something; a snapshot follows. */
  | 'CONNECTION_GAP'
  /** The messages after the cursor are not kept any more; a snapshot follows. */
  | 'HISTORY_GONE'
  /** The client reads too slowly and messages were dropped; a snapshot follows. */
  | 'SLOW_CLIENT';

/**
 * How a stage is played.
 *
 * GSL_GROUP: four entrants in a double elimination without a final, so that two come through.
 */
export type Structure =
  /** As its organizers linked the matches. */
  | 'CUSTOM'
  /** Out after two losses. */
  | 'DOUBLE_ELIMINATION'
  /** Four entrants, out after two losses, and no final: the first two come through. */
  | 'GSL_GROUP'
  /** Out after one loss. */
  | 'SINGLE_ELIMINATION';

/** Where a tournament is in its life. */
export type TournamentStatus =
  /** It was called off. */
  | 'CANCELLED'
  /** Only its organizers see it. */
  | 'DRAFT'
  /** The last match is decided. */
  | 'FINISHED'
  /** Everybody sees it; registration follows its window. */
  | 'PUBLISHED'
  /** Matches are played. */
  | 'RUNNING';

export type CreateMutationVariables = Exact<{
  input: CreateTournamentInput;
}>;


export type CreateMutation = { __typename: 'Mutation', createTournament:
    | { __typename: 'ConflictError', code: string, message: string }
    | { __typename: 'CreateTournamentPayload', tournament: { __typename: 'Tournament', id: string, slug: string, status: TournamentStatus } }
    | { __typename: 'ForbiddenError', code: string, message: string }
    | { __typename: 'InvalidInputError', code: string, message: string }
    | { __typename: 'LimitReachedError', code: string, message: string }
    | { __typename: 'NotFoundError', code: string, message: string }
    | { __typename: 'StaleVersionError', code: string, message: string }
    | { __typename: 'UnauthenticatedError', code: string, message: string }
    | { __typename: 'UnavailableError', code: string, message: string }
   };

export type SignUpMutationVariables = Exact<{
  input: RegisterInput;
}>;


export type SignUpMutation = { __typename: 'Mutation', register:
    | { __typename: 'ConflictError', code: string, message: string }
    | { __typename: 'ForbiddenError', code: string, message: string }
    | { __typename: 'InvalidInputError', code: string, message: string }
    | { __typename: 'LimitReachedError', code: string, message: string }
    | { __typename: 'NotFoundError', code: string, message: string }
    | { __typename: 'RegisterPayload', tokens: { __typename: 'AuthTokens', accessToken: string, refreshToken: string } }
    | { __typename: 'StaleVersionError', code: string, message: string }
    | { __typename: 'UnauthenticatedError', code: string, message: string }
    | { __typename: 'UnavailableError', code: string, message: string }
   };

export type TournamentsQueryVariables = Exact<{ [key: string]: never; }>;


export type TournamentsQuery = { __typename: 'Query', tournaments: { __typename: 'TournamentConnection', edges: Array<{ __typename: 'TournamentEdge', node: { __typename: 'Tournament', id: string, slug: string, name: string, status: TournamentStatus } }> }, viewer: { __typename: 'Viewer', user: { __typename: 'User', id: string, username: string } } | null };

export type WatchSubscriptionVariables = Exact<{
  tournamentId: string;
  after?: string | null | undefined;
}>;


export type WatchSubscription = { bracketChanges:
    | { __typename: 'BracketSnapshot', cursor: string, tournament: { __typename: 'Tournament', id: string, name: string, status: TournamentStatus } }
    | { __typename: 'MatchChanged', cursor: string, match: { __typename: 'Match', id: string, version: number, status: MatchStatus } }
    | { __typename: 'Resync', reason: ResyncReason }
    | { __typename: 'TournamentChanged', cursor: string, tournament: { __typename: 'Tournament', id: string, name: string, status: TournamentStatus } }
   };


export const CreateDocument = {"__meta__":{"hash":"sha256:c9fb03e564c3b089d1b9220ba521b3ea4edbed925e25a44af051b18f376513e8"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Create"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateTournamentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"createTournament"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CreateTournamentPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"tournament"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"slug"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<CreateMutation, CreateMutationVariables>;
export const SignUpDocument = {"__meta__":{"hash":"sha256:051d729c77fb48941eeee9eff6642c5829b90cb1b04fa9bf34c3f56e63028b72"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SignUp"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RegisterInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"register"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RegisterPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"tokens"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"accessToken"}},{"kind":"Field","name":{"kind":"Name","value":"refreshToken"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<SignUpMutation, SignUpMutationVariables>;
export const TournamentsDocument = {"__meta__":{"hash":"sha256:ebeffd6e184df014aeae926b62af3e1532cfa4c32bc90437422069e2442ca682"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Tournaments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"tournaments"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"slug"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"username"}}]}}]}}]}}]} as unknown as DocumentNode<TournamentsQuery, TournamentsQueryVariables>;
export const WatchDocument = {"__meta__":{"hash":"sha256:e9cea6cf119334020cb6286d8bcd59b22b842c45fded37fb575252f6ca6c775e"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Watch"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"tournamentId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"bracketChanges"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"tournamentId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"tournamentId"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"BracketSnapshot"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"tournament"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MatchChanged"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"match"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TournamentChanged"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"tournament"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Resync"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}}]}}]} as unknown as DocumentNode<WatchSubscription, WatchSubscriptionVariables>;
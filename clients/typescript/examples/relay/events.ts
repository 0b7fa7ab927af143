/*
 * The documents of the example with Relay, where its compiler reads them.
 *
 * A bundler with the Babel plugin of Relay puts the compiled documents in place of these; Node.js has no bundler, so the
 * program imports what was compiled and never this file.
 */
import { graphql } from "relay-runtime";

export const tournaments = graphql`
  query eventsTournamentsQuery {
    tournaments(first: 20) {
      edges {
        node {
          id
          slug
          name
          status
        }
      }
    }
    viewer {
      user {
        username
      }
    }
  }
`;

export const register = graphql`
  mutation eventsRegisterMutation($input: RegisterInput!) {
    register(input: $input) {
      __typename
      ... on RegisterPayload {
        tokens {
          accessToken
          refreshToken
        }
      }
      ... on UserError {
        code
        message
      }
    }
  }
`;

export const create = graphql`
  mutation eventsCreateMutation($input: CreateTournamentInput!) {
    createTournament(input: $input) {
      __typename
      ... on CreateTournamentPayload {
        tournament {
          id
          slug
          status
        }
      }
      ... on UserError {
        code
        message
      }
    }
  }
`;

export const changes = graphql`
  subscription eventsBracketSubscription($tournamentId: ID!, $after: String) {
    bracketChanges(tournamentId: $tournamentId, after: $after) {
      __typename
      ... on BracketSnapshot {
        cursor
        tournament {
          name
          status
        }
      }
      ... on MatchChanged {
        cursor
        match {
          version
          status
        }
      }
      ... on TournamentChanged {
        cursor
        tournament {
          name
          status
        }
      }
      ... on Resync {
        reason
      }
    }
  }
`;

"""Every GraphQL document that the player sends. Each asks for one field, under the name `answer`."""

from __future__ import annotations

from graphql import DocumentNode, parse

_REFUSAL = """
  __typename
  ... on UserError { code message }
  ... on InvalidInputError { path }
  ... on LimitReachedError { retryAfterSeconds }
"""

_TOKENS = "accessToken refreshToken"
_TOURNAMENT = "id slug status capacity isRegistrationOpen startedAt viewerCanManage"
_MATCH = """
  id status version bestOf winnerSlot
  slots { index name seed score participant { ... on Team { slug } } }
  report { slot scores }
  place { key }
"""


def _query(signature: str, field: str, selection: str) -> DocumentNode:
    return parse(f"query {signature} {{ answer: {field} {{ {selection} }} }}")


def _mutation(field: str, selection: str) -> DocumentNode:
    """A mutation that takes one input and answers a payload or a refusal."""
    name = field[0].upper() + field[1:]
    return parse(
        f"mutation {name}($input: {name}Input!) {{ answer: {field}(input: $input)"
        f" {{ {_REFUSAL} ... on {name}Payload {{ {selection} }} }} }}"
    )


def _tournament_mutation(field: str) -> DocumentNode:
    return _mutation(field, f"tournament {{ {_TOURNAMENT} }}")


def _match_mutation(field: str) -> DocumentNode:
    return _mutation(field, f"match {{ {_MATCH} }}")


REGISTER = _mutation("register", f"tokens {{ {_TOKENS} }}")
LOG_IN = _mutation("logIn", f"tokens {{ {_TOKENS} }}")
REFRESH_SESSION = _mutation("refreshSession", f"tokens {{ {_TOKENS} }}")

GAMES = _query("Games", "games(first: 100)", "edges { node { slug name teamSize } }")
USER = _query("User($username: String!)", "user(username: $username)", "id")

TEAM = _query("Team($slug: String!)", "team(slug: $slug)", "id members { user { username } }")
CREATE_TEAM = _mutation("createTeam", "team { id }")
INVITE_TO_TEAM = _mutation("inviteToTeam", "invitation { id }")
TEAM_INVITATIONS = _query(
    "TeamInvitations", "viewer", "teamInvitations(first: 100) { edges { node { id team { slug } } } }"
)
RESPOND_TO_TEAM_INVITATION = _mutation("respondToTeamInvitation", "invitation { id }")

TOURNAMENT = _query("Tournament($slug: String!)", "tournament(slug: $slug)", _TOURNAMENT)
CREATE_TOURNAMENT = _tournament_mutation("createTournament")
PUBLISH_TOURNAMENT = _tournament_mutation("publishTournament")
CLOSE_REGISTRATION = _tournament_mutation("closeRegistration")
SEED_TOURNAMENT = _tournament_mutation("seedTournament")
START_TOURNAMENT = _tournament_mutation("startTournament")
CANCEL_TOURNAMENT = _tournament_mutation("cancelTournament")
MOVE_TOURNAMENT = _tournament_mutation("moveTournament")
REGISTER_ENTRANT = _mutation("registerEntrant", "entrant { id status }")

ENTRANTS = _query(
    "Entrants($slug: String!, $after: String)",
    "tournament(slug: $slug)",
    """entrants(first: 100, after: $after) {
         edges { node { id seed placement { low } participant { ... on Team { slug } } } }
         pageInfo { hasNextPage endCursor }
       }""",
)
MATCHES = _query(
    "Matches($slug: String!)",
    "tournament(slug: $slug)",
    f"status bracket {{ cursor rounds {{ matches {{ {_MATCH} }} }} }}",
)

MATCH = _query("Match($id: ID!)", "match(id: $id)", _MATCH)
START_MATCH = _match_mutation("startMatch")
UPDATE_SCORE = _match_mutation("updateScore")
REPORT_RESULT = _match_mutation("reportResult")
CONFIRM_RESULT = _match_mutation("confirmResult")
DISPUTE_RESULT = _match_mutation("disputeResult")
DECIDE_RESULT = _match_mutation("decideResult")
AWARD_WALKOVER = _match_mutation("awardWalkover")
RECORD_MATCH_EVENT = _match_mutation("recordMatchEvent")

BRACKET_CHANGES = parse(
    """
    subscription BracketChanges($tournamentId: ID!, $after: String) {
      answer: bracketChanges(tournamentId: $tournamentId, after: $after) {
        __typename
        ... on BracketSnapshot { cursor bracket { rounds { matches { id version } } } }
        ... on MatchChanged { cursor match { id version } }
        ... on TournamentChanged { cursor tournament { status } }
        ... on Resync { reason }
      }
    }
    """
)

"""Tournaments, as clients see them."""

from schema.tournaments.bracket import Bracket, BracketPlace, BracketRound
from schema.tournaments.claims import GuestClaim
from schema.tournaments.elimination import EliminationQuery
from schema.tournaments.heats import Heat, HeatStanding
from schema.tournaments.imports import ExportsQuery, ImportsMutation, ImportsSubscription
from schema.tournaments.mutations import HeatsInUseHandler, TournamentsMutation
from schema.tournaments.my_event import MyEventSubscription
from schema.tournaments.stages import Stage
from schema.tournaments.standings import StandingsSubscription
from schema.tournaments.subscriptions import TournamentsSubscription
from schema.tournaments.types import Entrant, Tournament, TournamentsQuery

__all__ = [
    "Bracket",
    "BracketPlace",
    "BracketRound",
    "EliminationQuery",
    "Entrant",
    "ExportsQuery",
    "GuestClaim",
    "Heat",
    "HeatStanding",
    "HeatsInUseHandler",
    "ImportsMutation",
    "ImportsSubscription",
    "MyEventSubscription",
    "Stage",
    "StandingsSubscription",
    "Tournament",
    "TournamentsMutation",
    "TournamentsQuery",
    "TournamentsSubscription",
]

"""Writes about tournaments, by what they are about: setting one up, taking part, the course of it, ladders, heats."""

from schema.fields import object_type
from schema.tournaments.mutations.byes import ByesMutation
from schema.tournaments.mutations.claims import ClaimsMutation
from schema.tournaments.mutations.course import CourseMutation
from schema.tournaments.mutations.entry import EntryMutation
from schema.tournaments.mutations.guests import GuestsMutation
from schema.tournaments.mutations.heats import HeatsInUseHandler, HeatsMutation
from schema.tournaments.mutations.ladder import LadderMutation
from schema.tournaments.mutations.setup import SetupMutation


@object_type
class TournamentsMutation(
    SetupMutation,
    EntryMutation,
    ByesMutation,
    GuestsMutation,
    ClaimsMutation,
    CourseMutation,
    LadderMutation,
    HeatsMutation,
):
    """Writes about tournaments."""


__all__ = ["HeatsInUseHandler", "TournamentsMutation"]

"""Writes of tournaments."""

from domain.tournaments.commands.change import forget_changes, held, held_entrant, managed
from domain.tournaments.commands.correction import CorrectMatch, correct_match
from domain.tournaments.commands.entry import (
    CheckIn,
    RegisterEntrant,
    WithdrawEntrant,
    check_in,
    register_entrant,
    withdraw_entrant,
)
from domain.tournaments.commands.guests import AddGuests, add_guests
from domain.tournaments.commands.play import (
    DisqualifyEntrant,
    FinishTournament,
    SeedTournament,
    StartTournament,
    disqualify_entrant,
    finish_tournament,
    seed_tournament,
    start_tournament,
)
from domain.tournaments.commands.seeding_apart import Apart
from domain.tournaments.commands.setup import (
    CancelTournament,
    CreateTournament,
    MoveTournament,
    PublishTournament,
    SetRegistration,
    SetStaff,
    UpdateTournament,
    cancel_tournament,
    create_tournament,
    move_tournament,
    publish_tournament,
    set_registration,
    set_staff,
    update_tournament,
)
from domain.tournaments.commands.templates import SetStages, set_stages

__all__ = [
    "AddGuests",
    "Apart",
    "CancelTournament",
    "CheckIn",
    "CorrectMatch",
    "CreateTournament",
    "DisqualifyEntrant",
    "FinishTournament",
    "MoveTournament",
    "PublishTournament",
    "RegisterEntrant",
    "SeedTournament",
    "SetRegistration",
    "SetStaff",
    "SetStages",
    "StartTournament",
    "UpdateTournament",
    "WithdrawEntrant",
    "add_guests",
    "cancel_tournament",
    "check_in",
    "correct_match",
    "create_tournament",
    "disqualify_entrant",
    "finish_tournament",
    "forget_changes",
    "held",
    "held_entrant",
    "managed",
    "move_tournament",
    "publish_tournament",
    "register_entrant",
    "seed_tournament",
    "set_registration",
    "set_staff",
    "set_stages",
    "start_tournament",
    "update_tournament",
    "withdraw_entrant",
]

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
from domain.tournaments.commands.heat_correction import CorrectHeat, correct_heat
from domain.tournaments.commands.heats import ReportHeat, report_heat
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
    "Apart",
    "CancelTournament",
    "CheckIn",
    "CorrectHeat",
    "CorrectMatch",
    "CreateTournament",
    "DisqualifyEntrant",
    "FinishTournament",
    "MoveTournament",
    "PublishTournament",
    "RegisterEntrant",
    "ReportHeat",
    "SeedTournament",
    "SetRegistration",
    "SetStaff",
    "SetStages",
    "StartTournament",
    "UpdateTournament",
    "WithdrawEntrant",
    "cancel_tournament",
    "check_in",
    "correct_heat",
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
    "report_heat",
    "seed_tournament",
    "set_registration",
    "set_staff",
    "set_stages",
    "start_tournament",
    "update_tournament",
    "withdraw_entrant",
]

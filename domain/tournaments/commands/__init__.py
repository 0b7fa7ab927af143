"""Writes of tournaments."""

from domain.tournaments.commands import byes, challenges, claims, guests, uploads
from domain.tournaments.commands.challenges import expire_challenge
from domain.tournaments.commands.change import forget_changes, forget_finished, held, held_entrant, managed, show
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
from domain.tournaments.commands.importing import (
    ImportEvent,
    ReadImport,
    check_import,
    import_event,
    make_import,
    read_import,
)
from domain.tournaments.commands.ladder_end import FinishStage, SetLadderEnd, end_ladder, finish_stage, set_ladder_end
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
from domain.tournaments.commands.rungs import tell_of_drops
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
    "FinishStage",
    "FinishTournament",
    "ImportEvent",
    "MoveTournament",
    "PublishTournament",
    "ReadImport",
    "RegisterEntrant",
    "ReportHeat",
    "SeedTournament",
    "SetLadderEnd",
    "SetRegistration",
    "SetStaff",
    "SetStages",
    "StartTournament",
    "UpdateTournament",
    "WithdrawEntrant",
    "byes",
    "cancel_tournament",
    "challenges",
    "check_import",
    "check_in",
    "claims",
    "correct_heat",
    "correct_match",
    "create_tournament",
    "disqualify_entrant",
    "end_ladder",
    "expire_challenge",
    "finish_stage",
    "finish_tournament",
    "forget_changes",
    "forget_finished",
    "guests",
    "held",
    "held_entrant",
    "import_event",
    "make_import",
    "managed",
    "move_tournament",
    "publish_tournament",
    "read_import",
    "register_entrant",
    "report_heat",
    "seed_tournament",
    "set_ladder_end",
    "set_registration",
    "set_staff",
    "set_stages",
    "show",
    "start_tournament",
    "tell_of_drops",
    "update_tournament",
    "uploads",
    "withdraw_entrant",
]

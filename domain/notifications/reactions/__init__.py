"""What facts of other contexts mean here: somebody is told. Each is harmless when it runs twice for one event."""

from domain.notifications.reactions.claims import on_guest_claim_answered, on_guest_claimed
from domain.notifications.reactions.deadlines import on_check_in_opened, on_check_in_soon_over
from domain.notifications.reactions.disputes import on_dispute_entry_added, on_referee_called
from domain.notifications.reactions.heats import on_heat_corrected, on_heat_drawn, on_heat_finished
from domain.notifications.reactions.matches import (
    on_challenge_called_off,
    on_match_disputed,
    on_match_finished,
    on_match_invited,
    on_match_ready,
    on_match_reported,
    on_match_reset,
    on_match_restored,
)
from domain.notifications.reactions.queues import on_call_expired, on_match_called
from domain.notifications.reactions.teams import on_team_invitation_answered, on_team_member_invited
from domain.notifications.reactions.tournaments import (
    on_entrant_disqualified,
    on_entrant_promoted,
    on_tournament_cancelled,
    on_tournament_started,
)
from domain.notifications.reactions.vetoes import on_veto_turn_came

__all__ = [
    "on_call_expired",
    "on_challenge_called_off",
    "on_check_in_opened",
    "on_check_in_soon_over",
    "on_dispute_entry_added",
    "on_entrant_disqualified",
    "on_entrant_promoted",
    "on_guest_claim_answered",
    "on_guest_claimed",
    "on_heat_corrected",
    "on_heat_drawn",
    "on_heat_finished",
    "on_match_called",
    "on_match_disputed",
    "on_match_finished",
    "on_match_invited",
    "on_match_ready",
    "on_match_reported",
    "on_match_reset",
    "on_match_restored",
    "on_referee_called",
    "on_team_invitation_answered",
    "on_team_member_invited",
    "on_tournament_cancelled",
    "on_tournament_started",
    "on_veto_turn_came",
]

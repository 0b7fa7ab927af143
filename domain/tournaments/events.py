"""Facts about tournaments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.kernel.events import Event
from domain.matches import OVER, MatchState
from domain.tournaments.heat_values import HeatEffect, HeatState

# Where it is told that a tournament has another status, and so is in other lists.
LISTS_TOPIC = "tournaments"


def bracket_topic(tournament_id: UUID) -> str:
    """Where every change of a tournament and of its matches is told."""
    return f"bracket:{tournament_id}"


def progress_topic(tournament_id: UUID) -> str:
    """Where all of that is told but for running scores."""
    return f"progress:{tournament_id}"


def tournament_topic(tournament_id: UUID) -> str:
    """Where changes of a tournament itself are told, and of who takes part and who finished where."""
    return f"tournament:{tournament_id}"


def import_topic(import_id: UUID) -> str:
    """Where is told how far an import is, and its end."""
    return f"import:{import_id}"


def entry_topic(tournament_id: UUID, participant_id: UUID) -> str:
    """Where is told what happens to one user or team in a tournament: to their matches, to their calls, to them."""
    return f"entry:{tournament_id}:{participant_id}"


def entries_topic(tournament_id: UUID) -> str:
    """Where is told what may concern everybody in a tournament."""
    return f"entries:{tournament_id}"


@dataclass(frozen=True, kw_only=True)
class _TournamentFact(Event):
    tournament_id: UUID

    @property
    def subject(self) -> UUID:
        """The tournament."""
        return self.tournament_id


@dataclass(frozen=True, kw_only=True)
class BracketChanged(_TournamentFact):
    """One change that viewers of a tournament see: of the match in `match`, of the heat in `heat`, or else of the
    tournament itself.

    `sequence` rises by exactly one per change of the tournament. `is_score_alone` is True when of the match nothing but
    the running score has changed. `participant_id` is the user or team whom alone a change of the tournament concerns;
    None: it may concern everybody.
    """

    name: ClassVar[str] = "tournaments.bracket_changed"
    sequence: int
    match: MatchState | None
    is_score_alone: bool = False
    heat: HeatState | None = None
    participant_id: UUID | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """The viewers of this tournament. A match writes places when it is over; until then it changes itself alone.

        A heat always does.
        """
        topics = [bracket_topic]
        if not self.is_score_alone:
            topics.append(progress_topic)
        if self.heat is None and (self.match is None or self.match.status in OVER):
            topics.append(tournament_topic)
        return (*(topic(self.tournament_id) for topic in topics), *self._concerned)

    @property
    def _concerned(self) -> list[str]:
        """Whoever it concerns of those who take part."""
        sides = [self.participant_id] if self.match is None else [slot.participant_id for slot in self.match.slots]
        if self.match is None and self.participant_id is None:
            return [entries_topic(self.tournament_id)]
        return [entry_topic(self.tournament_id, side) for side in sides if side is not None]


@dataclass(frozen=True, kw_only=True)
class _StatusFact(_TournamentFact):
    @property
    def topics(self) -> tuple[str, ...]:
        """Who looks at lists of tournaments."""
        return (LISTS_TOPIC,)


@dataclass(frozen=True, kw_only=True)
class TournamentPublished(_StatusFact):
    """Everybody can see it now."""

    name: ClassVar[str] = "tournaments.published"


@dataclass(frozen=True, kw_only=True)
class TournamentStarted(_StatusFact):
    """The bracket is drawn and play begins."""

    name: ClassVar[str] = "tournaments.started"


@dataclass(frozen=True, kw_only=True)
class TournamentFinished(_StatusFact):
    """The last match is decided; `champion_id` is the winning entrant, if somebody won."""

    name: ClassVar[str] = "tournaments.finished"
    champion_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class TournamentReopened(_StatusFact):
    """It had finished, and a corrected result has left matches to play."""

    name: ClassVar[str] = "tournaments.reopened"


@dataclass(frozen=True, kw_only=True)
class TournamentCancelled(_StatusFact):
    """It will not take place, or not go on."""

    name: ClassVar[str] = "tournaments.cancelled"
    reason: str


@dataclass(frozen=True, kw_only=True)
class _ImportFact(Event):
    import_id: UUID

    @property
    def subject(self) -> UUID:
        """The import."""
        return self.import_id


@dataclass(frozen=True, kw_only=True)
class EventImportRequested(_ImportFact):
    """Somebody wants an event of a file here."""

    name: ClassVar[str] = "tournaments.import_requested"


@dataclass(frozen=True, kw_only=True)
class _ImportNews(_ImportFact):
    @property
    def topics(self) -> tuple[str, ...]:
        """Who waits for it."""
        return (import_topic(self.import_id),)


@dataclass(frozen=True, kw_only=True)
class EventImportAdvanced(_ImportNews):
    """More of the event is made than was told before, or a worker has begun anew."""

    name: ClassVar[str] = "tournaments.import_advanced"


@dataclass(frozen=True, kw_only=True)
class EventImportEnded(_ImportNews):
    """The event is here, or will not be."""

    name: ClassVar[str] = "tournaments.import_ended"


@dataclass(frozen=True, kw_only=True)
class _EntrantFact(_TournamentFact):
    entrant_id: UUID


@dataclass(frozen=True, kw_only=True)
class EntrantRegistered(_EntrantFact):
    """Somebody entered, or joined the waitlist."""

    name: ClassVar[str] = "tournaments.entrant_registered"
    is_waitlisted: bool


@dataclass(frozen=True, kw_only=True)
class EntrantPromoted(_EntrantFact):
    """Somebody came from the waitlist into the field."""

    name: ClassVar[str] = "tournaments.entrant_promoted"


@dataclass(frozen=True, kw_only=True)
class EntrantWithdrawn(_EntrantFact):
    """Somebody left."""

    name: ClassVar[str] = "tournaments.entrant_withdrawn"


@dataclass(frozen=True, kw_only=True)
class EntrantDisqualified(_EntrantFact):
    """Somebody was put out by an organizer."""

    name: ClassVar[str] = "tournaments.entrant_disqualified"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ByesRequested(_EntrantFact):
    """Somebody is to sit out other rounds of a Swiss than before."""

    name: ClassVar[str] = "tournaments.byes_requested"


@dataclass(frozen=True, kw_only=True)
class _ClaimFact(_EntrantFact):
    claim_id: UUID
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class GuestClaimed(_ClaimFact):
    """Somebody says that a guest is them."""

    name: ClassVar[str] = "tournaments.guest_claimed"


@dataclass(frozen=True, kw_only=True)
class GuestClaimAnswered(_ClaimFact):
    """An organizer said whether that is so, or accepted somebody else."""

    name: ClassVar[str] = "tournaments.guest_claim_answered"
    is_accepted: bool


@dataclass(frozen=True, kw_only=True)
class GuestClaimWithdrawn(_ClaimFact):
    """Whoever said it takes it back."""

    name: ClassVar[str] = "tournaments.guest_claim_withdrawn"


@dataclass(frozen=True, kw_only=True)
class ChallengeDue(_TournamentFact):
    """The time to answer a challenge on a ladder is over."""

    name: ClassVar[str] = "tournaments.challenge_due"
    match_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ChallengeCalledOff(_TournamentFact):
    """A challenge on a ladder will not be played, and why."""

    name: ClassVar[str] = "tournaments.challenge_called_off"
    match: MatchState
    reason: str


@dataclass(frozen=True, kw_only=True)
class LadderDropDue(_TournamentFact):
    """Somebody may have dropped on a ladder, because they have not played for long."""

    name: ClassVar[str] = "tournaments.ladder_drop_due"
    stage_id: UUID


@dataclass(frozen=True, kw_only=True)
class LadderEndDue(_TournamentFact):
    """The instant has come at which a ladder ends by itself, if it is still that one."""

    name: ClassVar[str] = "tournaments.ladder_end_due"
    stage_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class HeatDrawn(_TournamentFact):
    """A heat was drawn, at first or again, and `entrants` have come into it; nobody, when it was taken back.

    `is_restored` says that what they reached in it before a correction counts again; then they are all in it.
    `is_first` says that nobody was in it before.
    """

    name: ClassVar[str] = "tournaments.heat_drawn"
    heat_id: UUID
    entrants: tuple[UUID, ...]
    is_restored: bool
    is_first: bool
    at: datetime


@dataclass(frozen=True, kw_only=True)
class HeatPlayed(_TournamentFact):
    """A game of a heat was reported, or somebody has left it. It may be over by that."""

    name: ClassVar[str] = "tournaments.heat_played"
    heat: HeatState
    is_report: bool
    at: datetime


@dataclass(frozen=True, kw_only=True)
class HeatCorrected(_TournamentFact):
    """A game of a heat was corrected for this reason, which did this to later heats, by rounds."""

    name: ClassVar[str] = "tournaments.heat_corrected"
    heat_id: UUID
    reason: str
    effects: tuple[HeatEffect, ...]

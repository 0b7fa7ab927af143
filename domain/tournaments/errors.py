"""Refusals of tournaments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.kernel.errors import Conflict, Forbidden, InvalidInput, LimitReached, NotFound
from domain.tournaments.heat_values import HeatEffect
from domain.tournaments.values import ClaimStatus, EntrantStatus, MatchEffect, TournamentStatus


@dataclass(frozen=True, slots=True)
class GraphProblem:
    """One thing that is wrong with a match graph: in which match, in which of its two slots (0 or 1), and what.

    `match` is None when it concerns the graph as a whole, `slot` is None when it concerns the match as a whole.
    """

    match: str | None
    slot: int | None
    message: str


class InvalidGraph(InvalidInput):
    """The matches do not form a bracket. `problems` holds the first ones found, never none."""

    def __init__(self, problems: Iterable[GraphProblem], *path: str) -> None:
        self.problems = tuple(problems)
        super().__init__("These matches do not form a bracket: " + self.problems[0].message, *path)


@dataclass(frozen=True, slots=True)
class StageProblem:
    """One thing that is wrong with the stages of an event: in which stage, from 1, in which field of it, and what."""

    stage: int
    field: str
    message: str


class InvalidStages(InvalidInput):
    """The stages do not fit together. `problems` holds all of them, never none."""

    def __init__(self, problems: Iterable[StageProblem]) -> None:
        self.problems = tuple(problems)
        told = " ".join(f"Stage {problem.stage}: {problem.message}" for problem in self.problems[:5])
        first = self.problems[0]
        super().__init__(told, "stages", str(first.stage - 1), first.field)


class InvalidSeeding(InvalidInput):
    """The order given is not an order of exactly the entrants."""


class InvalidEventFile(InvalidInput):
    """The file does not tell an event, or not in a way that holds together.

    `line` and `column` count from 1; they are None where no single place is at fault.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        places = [f"{name} {number}" for name, number in (("line", line), ("column", column)) if number is not None]
        super().__init__(f"{', '.join(places).capitalize()}: {message}" if places else message)
        self.line = line
        self.column = column


class ImportNotPlayable(InvalidInput):
    """The event of a file holds together, but cannot be played here as it was. `stage` counts from 1."""

    def __init__(self, stage: int, message: str) -> None:
        super().__init__(f"Stage {stage} cannot be imported: {message}", "documents")
        self.stage = stage


class InvalidTiebreak(InvalidInput):
    """The list of tie-breaks names one that there is not, or gives it a modifier that it does not take."""


class ResultNotPossible(InvalidInput):
    """The match cannot have this result now: unknown, undecided sides, already decided, or not to be played."""

    def __init__(self, match: str, message: str, *path: str) -> None:
        super().__init__(message, *path)
        self.match = match


class RoundUnfinished(Conflict):
    """A game of the last round has no result yet; pairings are made of finished rounds only."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Player {number} has a game without a result; enter all results before the next round.")
        self.number = number


class NoLegalPairing(Conflict):
    """The pairs that are forbidden leave no complete round, even with rematches and second byes."""

    def __init__(self, players: int) -> None:
        super().__init__(f"No complete round of {players} players is left; allow some of the forbidden pairs.")
        self.players = players


class PairingTooLarge(LimitReached):
    """Looking for the round would take too long: the field is large, and no simple look finds a complete round."""

    def __init__(self, players: int) -> None:
        super().__init__(f"A round of {players} players under these conditions is too much to look for; forbid less.")
        self.players = players


class EventImportNotFound(NotFound):
    """There is no such import, or it is of somebody else."""

    def __init__(self) -> None:
        super().__init__("import")


class ImportUploadNotFound(NotFound):
    """There is no such upload any more, or it is of somebody else."""

    def __init__(self) -> None:
        super().__init__("upload; begin a new one")


class TournamentNotFound(NotFound):
    """There is no such tournament, or it is a draft of somebody else."""

    def __init__(self) -> None:
        super().__init__("tournament")


class EntrantNotFound(NotFound):
    """There is no such entrant."""

    def __init__(self) -> None:
        super().__init__("entrant")


class NotAnOrganizer(Forbidden):
    """The actor does not run this tournament."""

    def __init__(self) -> None:
        super().__init__("Only the organizers of this tournament may do this.")


class NotYourEntry(Forbidden):
    """The actor neither is the entrant nor leads it nor runs the tournament."""

    def __init__(self) -> None:
        super().__init__("Only the entrant, the captain of its team or an organizer may do this.")


class NotPlaying(Forbidden):
    """The actor plays for nobody in the tournament."""

    def __init__(self) -> None:
        super().__init__("You play for nobody in this tournament; register first.")


class SlugTaken(Conflict):
    """Another tournament has this name in its address."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"The address {slug!r} is taken; choose another.")


class WrongTournamentStatus(Conflict):
    """The step does not fit where the tournament is in its life."""

    def __init__(self, status: TournamentStatus, needed: str) -> None:
        super().__init__(f"The tournament is {status.value}; this needs one that is {needed}.")


class RegistrationClosed(Conflict):
    """Registration has not opened yet, or is over."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class AlreadyRegistered(Conflict):
    """The entrant, or one of its players, is in the tournament already."""

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} is registered already.")


class GuestClaimNotFound(NotFound):
    """There is no such claim."""

    def __init__(self) -> None:
        super().__init__("claim")


class NotAGuest(Conflict):
    """The entrant is a user or a team, so everybody knows who it is."""

    def __init__(self) -> None:
        super().__init__("This entrant is no guest; only guests can be claimed.")


class GuestIsClaimed(Conflict):
    """An organizer has accepted that the guest is somebody."""

    def __init__(self) -> None:
        super().__init__("It is known already who this guest is.")


class AlreadyClaiming(Conflict):
    """The user has an open claim in the event."""

    def __init__(self) -> None:
        super().__init__("You have an open claim in this event; withdraw it first, or wait for the answer.")


class TooManyClaims(LimitReached):
    """A user, or a guest, has as many open claims as one can have."""


class OwnClaim(Forbidden):
    """Whoever says that a guest is them does not decide whether that is so."""

    def __init__(self) -> None:
        super().__init__("This claim is yours; another organizer or an administrator has to answer it.")


class NotYourClaim(Forbidden):
    """The claim is somebody else's."""

    def __init__(self) -> None:
        super().__init__("Only who made a claim may withdraw it.")


class ClaimClosed(Conflict):
    """The claim was answered or withdrawn."""

    def __init__(self, status: ClaimStatus) -> None:
        super().__init__(f"This claim is closed: it is {status.value.lower()}.")
        self.status = status


class TournamentFull(Conflict):
    """Every place is taken."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class NotEntered(Conflict):
    """The entrant has left the tournament, or was never let in."""

    def __init__(self, status: EntrantStatus) -> None:
        super().__init__(f"This entrant is {status.value} and takes no part.")


class CheckInClosed(Conflict):
    """Now is outside of the check-in window."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class TooFewEntrants(Conflict):
    """There are not enough entrants to start, or not as many as an imported bracket has seeds."""

    def __init__(self, have: int, needed: str) -> None:
        super().__init__(f"{have} can take part; this bracket needs {needed}.")


class RosterTooSmall(Conflict):
    """The team has fewer players than a side of the game needs."""

    def __init__(self, have: int, needed: int) -> None:
        super().__init__(f"The team has {have} players; a side of this game needs {needed}.")


class BracketUnfinished(Conflict):
    """Matches or heats are still to be played."""

    def __init__(self, still_open: int, heats: int = 0) -> None:
        what = f"{still_open} matches and {heats} heats" if heats else f"{still_open} matches"
        super().__init__(f"{what} are still to be decided; the last result finishes the tournament.")
        self.still_open = still_open


class ResultInUse(Conflict):
    """The correction would set aside what was played or decided in later matches. `effects` are those on them."""

    def __init__(self, effects: Iterable[MatchEffect]) -> None:
        self.effects = tuple(effects)
        keys = ", ".join(effect.key for effect in self.effects)
        super().__init__(
            f"This would set aside what was played or decided in {keys}. Repeat it with `force` if that is meant."
        )


class StageInUse(Conflict):
    """The correction would have let others go on to a stage that has begun. `stage` is its number."""

    def __init__(self, stage: int) -> None:
        super().__init__(f"Others would have gone on to stage {stage}, which has begun; this result stands.")
        self.stage = stage


class StageStarted(Conflict):
    """The stage has begun, so it stays as it is. `stage` is its number."""

    def __init__(self, stage: int) -> None:
        super().__init__(f"Stage {stage} has begun; give it as it is, and change only those after it.")
        self.stage = stage


class RoundPaired(Conflict):
    """A later round of the Swiss, `round` the first of them, was paired by this result, and is not paired again."""

    def __init__(self, round_: int) -> None:
        super().__init__(f"Round {round_} has been paired by this result and would stay so; repeat it with `force`.")
        self.round = round_


class NotASwiss(Conflict):
    """The stage with this number is not a Swiss."""

    def __init__(self, stage: int) -> None:
        super().__init__(f"Stage {stage} is no Swiss; byes are requested for rounds of one.")


class RoundIsPaired(Conflict):
    """The round of the Swiss has been paired, so that nobody can sit it out any more."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Round {number} has been paired; request byes for later rounds, or withdraw.")


class TooManyByes(LimitReached):
    """More rounds are to be sat out for half a point than the stage allows."""

    def __init__(self, allowed: int) -> None:
        super().__init__(f"In this stage everybody may sit out {allowed} rounds for half a point; ask an organizer.")


class NotOnLadder(Forbidden):
    """The actor does not play on this ladder, or no more."""

    def __init__(self) -> None:
        super().__init__("Only those who are on this ladder may do this.")


class LadderClosed(Conflict):
    """The ladder does not run: it has not begun, or its organizers have ended it."""

    def __init__(self) -> None:
        super().__init__("This ladder does not run; nobody can be challenged on it.")


class OutOfReach(Conflict):
    """The opponent is below, the same, not on the ladder any more, or too far above."""

    def __init__(self, reach: int) -> None:
        super().__init__(f"Challenge somebody who stands 1 to {reach} rungs above you.")


class ChallengeIsOpen(Conflict):
    """One of the two has an open challenge that leaves no room for this one."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class RematchTooSoon(Conflict):
    """The two have just played, or a challenge between them was just taken back. `until` is when they may again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"You have just met; challenge them again after {until:%Y-%m-%d %H:%M} UTC.")
        self.until = until


class TooManyChallenges(LimitReached):
    """There have been as many challenges on this ladder as one can have."""

    def __init__(self, most: int) -> None:
        super().__init__(f"This ladder has had {most} challenges; its organizers have to end it and begin another.")


class ChallengeBegun(Conflict):
    """The challenge is being played or over, so it cannot be taken back."""

    def __init__(self) -> None:
        super().__init__("This challenge has begun or is over, so it cannot be taken back; report its result.")


class NotAChallenge(Conflict):
    """The match is no challenge on a ladder."""

    def __init__(self) -> None:
        super().__init__("This match is no challenge on a ladder.")


class LadderRuns(Conflict):
    """The tournament is not over, because a ladder goes on until its organizers end it. `stage` is its number."""

    def __init__(self, stage: int) -> None:
        super().__init__(f"Stage {stage} is a ladder, which goes on until you end it with `finishStage`.")
        self.stage = stage


class NotALadder(Conflict):
    """The stage ends with its last result; only a ladder is ended by its organizers."""

    def __init__(self, stage: int) -> None:
        super().__init__(f"Stage {stage} ends with its last result; only a ladder is ended by its organizers.")
        self.stage = stage


class HeatNotFound(NotFound):
    """There is no such heat."""

    def __init__(self) -> None:
        super().__init__("heat")


class HeatOver(Conflict):
    """All games of the heat are reported, or nobody is in it any more."""

    def __init__(self) -> None:
        super().__init__("Nothing of this heat is left to report; `correctHeat` replaces the result of a game.")


class GameNotReported(Conflict):
    """The game has no result yet that could be corrected."""

    def __init__(self, reported: int) -> None:
        super().__init__(f"Games of this heat reported so far: {reported}. Report others with `reportHeat`.")
        self.reported = reported


class HeatsInUse(Conflict):
    """The correction would set aside what was reported of later heats. `effects` are those on them."""

    def __init__(self, effects: Iterable[HeatEffect]) -> None:
        self.effects = tuple(effects)
        count = "a later heat" if len(self.effects) == 1 else f"{len(self.effects)} later heats"
        super().__init__(f"This would set aside what was played in {count}. Repeat it with `force` if that is meant.")

"""Which of the formats a file of an event is of, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.event import FileFormat
from domain.tournaments.exchange.events import (
    blue_alliance,
    brackets_manager,
    challonge,
    event_json,
    openfootball,
    recorded,
    rounds,
    scalachess,
    startgg,
    startgg_entities,
)
from domain.tournaments.exchange.events.checking import checked
from domain.tournaments.exchange.events.documents import Place, decoded, require_size
from domain.tournaments.exchange.rounds_json import FORMAT as ROUNDS_FORMAT
from domain.tournaments.exchange.rounds_json import read_json
from domain.tournaments.exchange.trf import read_trf
from domain.tournaments.rules.events import Event
from domain.tournaments.values import EventFormat

MAX_FILES = 200


_Documents = Sequence[Place]
_IN_PARTS: dict[EventFormat, tuple[Callable[[_Documents], bool], Callable[[_Documents], Event]]] = {
    EventFormat.CHALLONGE_2: (challonge.is_challonge_2, challonge.read_challonge_2),
    EventFormat.STARTGG: (startgg.is_startgg, startgg.read_startgg),
    EventFormat.STARTGG_ENTITIES: (startgg_entities.is_startgg_entities, startgg_entities.read_startgg_entities),
    EventFormat.BLUE_ALLIANCE: (blue_alliance.is_blue_alliance, blue_alliance.read_blue_alliance),
    EventFormat.CHALLONGE: (challonge.is_challonge, challonge.read_challonge),
    EventFormat.OPENFOOTBALL: (openfootball.is_openfootball, openfootball.read_openfootball),
}
_IN_ONE: dict[EventFormat, tuple[Callable[[_Documents], bool], Callable[[_Documents], Event]]] = {
    EventFormat.BRACKETS_MANAGER: (
        brackets_manager.is_brackets_manager,
        brackets_manager.read_brackets_manager,
    ),
    EventFormat.SCALACHESS: (scalachess.is_scalachess, scalachess.read_scalachess),
    EventFormat.RECORDED: (recorded.is_recorded, recorded.read_recorded),
}


def read_event(files: Sequence[bytes]) -> tuple[EventFormat, Event]:
    """Which of the formats the files of one event are of, and what they tell.

    Most formats are one file. Challonge, start.gg and openfootball may come in several: tournament, participants and
    matches; pages of an answer; matches, groups and standings.

    Raises:
        InvalidEventFile: they are of none, or something is wrong in some place.
    """
    if not 1 <= len(files) <= MAX_FILES:
        raise InvalidEventFile(f"There are {len(files)} files; an event comes in 1 to {MAX_FILES}.")
    texts = [data.removeprefix(b"\xef\xbb\xbf") for data in files]
    if not all(text.lstrip()[:1] in (b"{", b"[") for text in texts):
        _require_one(files)
        require_size(files[0])
        version, told = read_trf(files[0])
        kind = EventFormat.TRF16 if version is FileFormat.TRF16 else EventFormat.TRF26
        return kind, checked(rounds.whole_event(told))
    documents = [decoded(text) for text in texts]
    own = documents[0]["format"].value if isinstance(documents[0].value, dict) else None
    if own in (event_json.FORMAT, ROUNDS_FORMAT):
        _require_one(files)
        if own == event_json.FORMAT:
            return EventFormat.MATCHPOINT_EVENT, event_json.read_event_json(texts[0])
        return EventFormat.MATCHPOINT_ROUNDS, checked(rounds.whole_event(read_json(texts[0])))
    return _read_foreign(documents)


def _read_foreign(documents: _Documents) -> tuple[EventFormat, Event]:
    if all(isinstance(document.value, dict) for document in documents):
        for kind, (is_it, read) in _IN_ONE.items():
            if is_it(documents):
                _require_one(documents)
                return kind, checked(read(documents))
    for kind, (is_it, read) in _IN_PARTS.items():
        if is_it(documents):
            return kind, checked(read(documents))
    known = (
        "Challonge, start.gg, brackets-manager.js, The Blue Alliance, openfootball, scalachess, a recording"
        " or our own JSON"
    )
    raise InvalidEventFile(f"This JSON is of no format that is known: {known}.")


def _require_one(files: Sequence[object]) -> None:
    if len(files) != 1:
        raise InvalidEventFile(f"There are {len(files)} files; an event in this format is one.")

"""Files in which whole events come and go: those of other platforms, and JSON of our own."""

from domain.tournaments.exchange.events.checking import checked
from domain.tournaments.exchange.events.documents import MAX_EVENT_BYTES
from domain.tournaments.exchange.events.event_json import read_event_json, write_event_json
from domain.tournaments.exchange.events.reading import MAX_FILES, read_event
from domain.tournaments.values import EventFormat

__all__ = [
    "MAX_EVENT_BYTES",
    "MAX_FILES",
    "EventFormat",
    "checked",
    "read_event",
    "read_event_json",
    "write_event_json",
]

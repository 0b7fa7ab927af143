"""Venues: places where people play, and their tables.

A venue has an owner and managers, who have grants on it. A table is open or closed; who plays at it is for the queues
to say. Everybody may see both.
"""

from domain.venues.commands import (
    AddTable,
    CreateVenue,
    SetVenueManager,
    UpdateTable,
    UpdateVenue,
    add_table,
    create_venue,
    set_venue_manager,
    update_table,
    update_venue,
)
from domain.venues.errors import TableNotFound, VenueNotFound
from domain.venues.events import TableChanged, VenueChanged, venue_topic
from domain.venues.models import Table, Venue
from domain.venues.policies import require_manager
from domain.venues.queries import tables_by_id, tables_of, venue_by_slug, venues_by_id, venues_page
from domain.venues.values import MAX_MANAGERS, MAX_TABLES, Position, TableStatus, TableView, VenueView

__all__ = [
    "MAX_MANAGERS",
    "MAX_TABLES",
    "AddTable",
    "CreateVenue",
    "Position",
    "SetVenueManager",
    "Table",
    "TableChanged",
    "TableNotFound",
    "TableStatus",
    "TableView",
    "UpdateTable",
    "UpdateVenue",
    "Venue",
    "VenueChanged",
    "VenueNotFound",
    "VenueView",
    "add_table",
    "create_venue",
    "require_manager",
    "set_venue_manager",
    "tables_by_id",
    "tables_of",
    "update_table",
    "update_venue",
    "venue_by_slug",
    "venue_topic",
    "venues_by_id",
    "venues_page",
]

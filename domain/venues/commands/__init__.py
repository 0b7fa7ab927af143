"""Writes of the venues context. Whoever changes a venue or its tables holds the venue."""

from domain.venues.commands.tables import AddTable, UpdateTable, add_table, update_table
from domain.venues.commands.venues import (
    CreateVenue,
    SetVenueManager,
    UpdateVenue,
    create_venue,
    set_venue_manager,
    update_venue,
)

__all__ = [
    "AddTable",
    "CreateVenue",
    "SetVenueManager",
    "UpdateTable",
    "UpdateVenue",
    "add_table",
    "create_venue",
    "set_venue_manager",
    "update_table",
    "update_venue",
]

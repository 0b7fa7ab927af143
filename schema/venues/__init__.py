"""Venues and their tables, as clients see them."""

from schema.venues.mutations import VenuesMutation
from schema.venues.types import Table, Venue, VenuesQuery

__all__ = ["Table", "Venue", "VenuesMutation", "VenuesQuery"]

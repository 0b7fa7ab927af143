"""Writes of the games context. Whoever changes the ratings of a game holds the game."""

from domain.games.commands.catalogue import write_catalogue
from domain.games.commands.ratings import rate_match, rerate_match, unrate_match

__all__ = ["rate_match", "rerate_match", "unrate_match", "write_catalogue"]

"""Games: the catalogue of what is played, how a match of it is decided, and how good everyone is at it.

The catalogue is data in `rules/catalogue.py`, written to the database when a process migrates. A rating belongs to a
game and a competitor, who is a user or a team; this context knows both only by their ids.
"""

from domain.games.commands import rate_match, rerate_match, unrate_match, write_catalogue
from domain.games.errors import GameNotFound
from domain.games.events import RatingsChanged, ratings_topic
from domain.games.models import Game, Rating, RatingChange
from domain.games.queries import (
    game_by_slug,
    game_rules_by_id,
    games_by_id,
    games_by_slug,
    games_page,
    leaderboard_page,
    rating_changes_of_match,
    ratings_by_key,
    ratings_of,
)
from domain.games.rules.catalogue import game_key
from domain.games.values import (
    Competitor,
    GameRules,
    GameView,
    OptionKind,
    RatingView,
)

__all__ = [
    "Competitor",
    "Game",
    "GameNotFound",
    "GameRules",
    "GameView",
    "OptionKind",
    "Rating",
    "RatingChange",
    "RatingView",
    "RatingsChanged",
    "game_by_slug",
    "game_key",
    "game_rules_by_id",
    "games_by_id",
    "games_by_slug",
    "games_page",
    "leaderboard_page",
    "rate_match",
    "rating_changes_of_match",
    "ratings_by_key",
    "ratings_of",
    "ratings_topic",
    "rerate_match",
    "unrate_match",
    "write_catalogue",
]

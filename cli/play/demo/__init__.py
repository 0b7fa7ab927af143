"""`matchpoint play --demo`: an event of made-up teams that plays itself."""

from cli.play.demo.stage import MATCHES_PER_SECOND, PAUSE_S, Demo

__all__ = ["MATCHES_PER_SECOND", "PAUSE_S", "Demo"]

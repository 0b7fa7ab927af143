"""Writes about matches, by what they are about: playing, and the result."""

from schema.fields import object_type
from schema.matches.mutations.correction import CorrectionMutation, ResultInUseHandler
from schema.matches.mutations.play import PlayMutation
from schema.matches.mutations.results import ResultsMutation


@object_type
class MatchesMutation(PlayMutation, ResultsMutation, CorrectionMutation):
    """Writes about matches."""


__all__ = ["MatchesMutation", "ResultInUseHandler"]

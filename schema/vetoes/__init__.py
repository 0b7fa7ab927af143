"""Vetoes, as clients see them."""

from schema.vetoes.mutations import VetoesMutation
from schema.vetoes.plans import StageVeto, VetoInput
from schema.vetoes.subscriptions import VetoesSubscription
from schema.vetoes.types import MatchVeto

__all__ = ["MatchVeto", "StageVeto", "VetoInput", "VetoesMutation", "VetoesSubscription"]

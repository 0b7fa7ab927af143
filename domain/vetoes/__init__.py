"""Vetoes: how the two sides of a match choose in turn which maps, modes or disciplines are played.

A plan belongs to a stage, says what there is to choose from and in which steps, and is checked for every length that
its matches can have. When a match has both sides its veto opens; it is a row beside the match, of the match and these
two sides, so that sides whom a correction parts and another brings together again find what they had settled. What has
come of a veto is what its choices, taken one after the other, lead to. Every step is an entry of the match's log.
"""

from domain.vetoes.commands import TakeVetoStep, UndoVetoStep, open_vetoes, take_veto_step, undo_veto_step
from domain.vetoes.events import VetoStepDue, VetoTurnCame
from domain.vetoes.models import Veto, progress_in
from domain.vetoes.queries import Pairing, vetoes_by_id, vetoes_of, whose_turn
from domain.vetoes.reactions import do_overdue_step, follow_match
from domain.vetoes.rules.plans import checked_plan
from domain.vetoes.rules.progress import Progress, VetoMap
from domain.vetoes.values import VetoView

__all__ = [
    "Pairing",
    "Progress",
    "TakeVetoStep",
    "UndoVetoStep",
    "Veto",
    "VetoMap",
    "VetoStepDue",
    "VetoTurnCame",
    "VetoView",
    "checked_plan",
    "do_overdue_step",
    "follow_match",
    "open_vetoes",
    "progress_in",
    "take_veto_step",
    "undo_veto_step",
    "vetoes_by_id",
    "vetoes_of",
    "whose_turn",
]

"""Writes of vetoes: opening them, choosing in turn, and taking back."""

from domain.vetoes.commands.opening import open_vetoes
from domain.vetoes.commands.steps import TakeVetoStep, UndoVetoStep, take_veto_step, undo_veto_step

__all__ = ["TakeVetoStep", "UndoVetoStep", "open_vetoes", "take_veto_step", "undo_veto_step"]

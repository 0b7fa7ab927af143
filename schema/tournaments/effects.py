"""What a correction does to what comes after it."""

from __future__ import annotations

from domain import tournaments as domain
from schema.fields import enum_type

CorrectionEffect = domain.Effect
enum_type(
    CorrectionEffect,
    {
        "STAY": "Nothing: its sides are the same.",
        "RESEAT": "It gets other sides, or is not needed any more; then `after` is empty. Nobody had begun it.",
        "RESET": "What was played or decided in it, between other sides, is set aside. It is played again, if needed.",
        "REPLAY": "Its sides are again those between whom something was set aside, and that holds again.",
    },
    name="CorrectionEffect",
)

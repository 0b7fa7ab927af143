"""What README promises is so."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from cli.main import COMMANDS
from domain.infra.settings import Settings

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()


def test_every_setting_is_in_the_readme() -> None:
    """A setting nobody can find is a setting nobody can use."""
    rows = [
        f"| `{field.name.upper()}` | {_default(field.default)} | {field.metadata['about']} |"
        for field in dataclasses.fields(Settings)
    ]
    assert [row for row in rows if row not in README] == []


def _default(value: object) -> str:
    if value is dataclasses.MISSING:
        return "needed"
    return f"`{value}`" if value else ""


def test_every_command_is_in_the_readme() -> None:
    """The same for commands."""
    assert [name for name in COMMANDS if f"matchpoint {name}" not in README] == []

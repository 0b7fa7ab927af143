"""How far the making of an import is."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_ALL_MADE = "status <> 'FINISHED' OR (made_stage_count = stage_count AND made_match_count = match_count)"
_COUNTS = ("stage_count", "made_stage_count", "made_match_count", "version")


def upgrade() -> None:
    """Bring the tables to this version."""
    for name in _COUNTS:
        op.add_column("event_imports", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        op.alter_column("event_imports", name, server_default=None)
    # Of those that failed the files are gone; they had at least one stage.
    op.execute(
        "UPDATE event_imports SET version = CASE status WHEN 'WAITING' THEN 1 ELSE 2 END,"
        " stage_count = CASE status WHEN 'FINISHED'"
        " THEN (SELECT count(*) FROM stages WHERE stages.tournament_id = event_imports.tournament_id) ELSE 1 END"
    )
    op.execute(
        "UPDATE event_imports SET made_stage_count = stage_count, made_match_count = match_count"
        " WHERE status = 'FINISHED'"
    )
    _count_stages_of_files()
    op.create_check_constraint(op.f("ck_event_imports_all_made_when_finished"), "event_imports", _ALL_MADE)


def _count_stages_of_files() -> None:
    # Not by PostgreSQL, which reads no JSON in which a text has the character U+0000.
    waiting = op.get_bind().execute(sa.text("SELECT id, document FROM event_imports WHERE status = 'WAITING'"))
    for import_id, document in waiting.all():
        counted = sa.text("UPDATE event_imports SET stage_count = :count WHERE id = :id")
        op.execute(counted.bindparams(count=len(json.loads(document)["stages"]), id=import_id))


def downgrade() -> None:
    """Take it back."""
    op.drop_constraint(op.f("ck_event_imports_all_made_when_finished"), "event_imports")
    for name in _COUNTS:
        op.drop_column("event_imports", name)

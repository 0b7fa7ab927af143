"""Counter-picks: after which games a veto waits for its next step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("vetoes", sa.Column("waits_after", sa.Text(), server_default="", nullable=False))
    op.alter_column("vetoes", "waits_after", server_default=None)


def downgrade() -> None:
    """Take it back. What was chosen for later games goes with it."""
    op.execute(
        "UPDATE vetoes SET choices = coalesce((SELECT jsonb_agg(choice ORDER BY place) FROM jsonb_array_elements(choices)"
        " WITH ORDINALITY AS each(choice, place) WHERE coalesce(choice->>'after', '') = ''), '[]')"
    )
    op.execute(
        "UPDATE stages SET veto = jsonb_set(veto, '{template}', '\"BANS_FIRST\"') WHERE veto->>'template' = 'STRIKE'"
    )
    op.drop_column("vetoes", "waits_after")

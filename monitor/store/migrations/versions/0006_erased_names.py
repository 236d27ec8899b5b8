"""Keyed hashes of the names of people who were erased."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table; of people erased before, it learns from a roster that still tells of them."""
    op.create_table(
        "erased_names",
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("told", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_erased_names")),
    )

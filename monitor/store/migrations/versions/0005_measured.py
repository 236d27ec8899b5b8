"""Findings say whether their rate was measured."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; of findings from before it is not known until they are judged again."""
    op.add_column("findings", sa.Column("measured", sa.Boolean(), nullable=True))

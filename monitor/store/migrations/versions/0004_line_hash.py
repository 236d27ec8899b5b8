"""Events keep the SHA-256 of the line they came in."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; events from before have none."""
    op.add_column("events", sa.Column("line_sha256", sa.LargeBinary(length=32), nullable=True))

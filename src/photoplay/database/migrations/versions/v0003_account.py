"""From which account at the provider a purchase was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Let submissions say so; of those before nobody knows."""
    op.add_column("submission", sa.Column("account", sa.String(16)))

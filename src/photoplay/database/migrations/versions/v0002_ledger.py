"""What was bought: submissions to providers, the ledger, budgets and what is used of them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_OPEN = sa.text("ended_at IS NULL")
_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_USD = sa.BigInteger  # millionths of a dollar


def upgrade() -> None:
    """Make the tables, and let jobs say who pays."""
    op.add_column("job", sa.Column("project", sa.String(200)))
    again = sa.Column("again", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("job", again)
    _make_submissions()
    _make_ledger()
    _make_budgets()


def _make_submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("job_id", sa.String(36)),
        sa.Column("key_id", sa.String(36)),
        sa.Column("project", sa.String(200)),
        sa.Column("provider", sa.String(50), nullable=False),
        sa.Column("endpoint", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("request", sa.JSON),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("quoted_usd", _USD, nullable=False),
        sa.Column("charged_usd", _USD),
        sa.Column("provider_id", sa.String(300)),
        sa.Column("ticket", sa.JSON),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("sent_at", sa.Float),
        sa.Column("accepted_at", sa.Float),
        sa.Column("ended_at", sa.Float),
        sa.Column("asset_name", sa.String(80)),
        sa.Column("sha256", sa.String(64)),
        sa.Column("seed", sa.BigInteger),
        sa.Column("error", sa.Text),
    )
    op.create_index("submission_of_job", "submission", ["job_id"], unique=True)
    op.create_index("submission_alike", "submission", ["fingerprint", "created_at"])
    op.create_index(
        "submission_open",
        "submission",
        ["created_at"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _make_ledger() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("id", _ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("usd", _USD, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("submission_id", sa.String(36)),
        sa.Column("key_id", sa.String(36)),
        sa.Column("project", sa.String(200)),
        sa.Column("provider", sa.String(50), nullable=False),
        sa.Column("endpoint", sa.String(200), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("ledger_of_submission", "ledger_entry", ["submission_id"])
    op.create_index("ledger_of_day", "ledger_entry", ["day"])


def _make_budgets() -> None:
    op.create_table(
        "budget",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("subject", sa.String(250), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("cap_usd", _USD, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_index("budget_of", "budget", ["subject", "period"], unique=True)
    op.create_table(
        "budget_use",
        sa.Column(
            "budget_id",
            sa.String(36),
            sa.ForeignKey("budget.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("span", sa.String(10), primary_key=True),
        sa.Column("used_usd", _USD, nullable=False),
    )

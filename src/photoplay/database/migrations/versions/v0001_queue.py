"""The queue: keys, jobs with their logs, workers, media, webhook deliveries and secrets."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_LIVE = sa.text("ended_at IS NULL")
_ENDED = sa.text("ended_at IS NOT NULL")
_HAS_DEADLINE = sa.text("start_by IS NOT NULL AND ended_at IS NULL")
_HAS_UNKEPT_BODY = sa.text("NOT store_io AND body IS NOT NULL")
_HAS_IDEMPOTENCY_KEY = sa.text("idempotency_key IS NOT NULL")


def upgrade() -> None:
    """Make the first tables."""
    _make_keys_and_secrets()
    _make_jobs()
    _make_job_indexes()
    _make_workers()
    _make_media()
    _make_deliveries()


def _make_keys_and_secrets() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("concurrency", sa.Integer),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("revoked_at", sa.Float),
    )
    op.create_table(
        "secret",
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )


def _make_jobs() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("key_id", sa.String(36), sa.ForeignKey("api_key.id"), nullable=False),
        sa.Column("endpoint", sa.String(200), nullable=False),
        sa.Column("engine", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("body", sa.JSON),
        sa.Column("base_url", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("idempotency_key", sa.String(255)),
        sa.Column("webhook_url", sa.Text),
        sa.Column("runner_hint", sa.Text),
        sa.Column("store_io", sa.Boolean, nullable=False),
        sa.Column("expires_after_s", sa.Float),
        sa.Column("start_by", sa.Float),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("answered_at", sa.Float),
        sa.Column("admitted_at", sa.Float),
        sa.Column("started_at", sa.Float),
        sa.Column("ended_at", sa.Float),
        sa.Column("worker_id", sa.String(200)),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("cancel_requested_at", sa.Float),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("progress_text", sa.Text, nullable=False),
        sa.Column("result", sa.JSON),
        sa.Column("error_status", sa.Integer),
        sa.Column("error_body", sa.JSON),
        sa.Column("error_type", sa.String(100)),
    )
    op.create_table(
        "job_log",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column(
            "job_id", sa.String(36), sa.ForeignKey("job.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
    )
    op.create_index("job_log_of_job", "job_log", ["job_id", "id"])


def _make_job_indexes() -> None:
    op.create_index("job_of_key", "job", ["key_id", "created_at"])
    _partial("job_live", ["key_id", "state", "priority", "created_at", "id", "ended_at"], _LIVE)
    _partial("job_queued", ["engine", "state", "priority", "admitted_at", "id", "ended_at"], _LIVE)
    _partial("job_start_by", ["start_by"], _HAS_DEADLINE)
    _partial("job_ended", ["ended_at"], _ENDED)
    _partial("job_unkept", ["ended_at"], _HAS_UNKEPT_BODY)
    _partial("job_idempotent", ["key_id", "idempotency_key"], _HAS_IDEMPOTENCY_KEY, unique=True)
    op.create_index("job_alike", "job", ["key_id", "fingerprint", "created_at"])


def _partial(name: str, columns: list[str], where: sa.TextClause, *, unique: bool = False) -> None:
    op.create_index(name, "job", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _make_workers() -> None:
    op.create_table(
        "worker",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("started_at", sa.Float, nullable=False),
        sa.Column("beat_at", sa.Float, nullable=False),
        sa.Column("slots", sa.Integer, nullable=False),
    )


def _make_media() -> None:
    op.create_table(
        "asset",
        sa.Column("blob", sa.String(80), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("expires_at", sa.Float),
        sa.Column("stored", sa.Boolean, nullable=False),
    )
    op.create_index("asset_of_name", "asset", ["name"])
    op.create_index("asset_expiry", "asset", ["expires_at"])
    op.create_table(
        "upload",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("key_id", sa.String(36), sa.ForeignKey("api_key.id"), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("expires_after_s", sa.Float),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("asset_name", sa.String(80)),
    )
    op.create_index("upload_age", "upload", ["created_at"])


def _make_deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("key_id", sa.String(36), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.Float),
        sa.Column("delivered_at", sa.Float),
        sa.Column("last_error", sa.Text),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_index("delivery_due", "delivery", ["next_at"])
    op.create_index("delivery_of_job", "delivery", ["job_id"])

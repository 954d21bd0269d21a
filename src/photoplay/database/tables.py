"""The tables, as SQLAlchemy Core describes them. Times are UTC seconds since 1970, as floats.

`migrations/` makes them; a test compares the two.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
)
from sqlalchemy.engine import Dialect

metadata = MetaData()


class Usd(TypeDecorator[Decimal]):
    """US dollars, exact to a millionth: a Decimal here, a whole number of millionths there."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Raises ValueError for an amount that is not a whole number of millionths."""
        if value is None:
            return None
        millionths = value.scaleb(6)
        if millionths != millionths.to_integral_value():
            raise ValueError(f"{value} is no whole number of millionths of a dollar")
        return int(millionths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """The amount, with as many places as it needs and at least two."""
        if value is None:
            return None
        amount = Decimal(value).scaleb(-6)
        return max(amount.normalize(), amount.quantize(Decimal("0.01")), key=_places)


def _places(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


# None is NULL, not the JSON word for it: "not kept" can be asked for in a query.
_JSON_OR_NULL = JSON(none_as_null=True)
# SQLite numbers rows by itself only in a column of type INTEGER, which has 64 bits there.
_ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")

api_key = Table(
    "api_key",
    metadata,
    Column("id", String(36), primary_key=True),  # the part before the colon
    Column("secret_hash", String(64), nullable=False),  # SHA-256: the secret has 256 random bits
    Column("name", String(200), nullable=False),
    Column("scopes", JSON, nullable=False),  # list of words, see keys.Scope
    Column("concurrency", Integer),  # jobs at the same time; null: the setting
    Column("created_at", Float, nullable=False),
    Column("revoked_at", Float),
)

job = Table(
    "job",
    metadata,
    Column("id", String(36), primary_key=True),  # the request id on the wire
    Column("key_id", String(36), ForeignKey("api_key.id"), nullable=False),
    Column("endpoint", String(200), nullable=False),
    Column("engine", String(100), nullable=False),
    Column("state", String(20), nullable=False),  # jobs.JobState
    Column("priority", Integer, nullable=False),  # lower runs first
    Column("body", _JSON_OR_NULL),  # the catalogue's values, media as asset or URL; null: not kept
    Column("base_url", Text, nullable=False),  # how the caller reaches this server
    Column("fingerprint", String(64), nullable=False),  # SHA-256 of endpoint and body as sent
    Column("idempotency_key", String(255)),
    Column("webhook_url", Text),
    Column("runner_hint", Text),
    Column("store_io", Boolean, nullable=False),
    Column("expires_after_s", Float),  # the caller's wish for the media; null: the setting
    Column("start_by", Float),  # not started by then: failed
    Column("project", String(200)),  # whose budget pays, beside the key's
    Column("again", Boolean, nullable=False, server_default=false()),  # buy it although bought
    Column("notes", JSON, nullable=False),  # sentences for the log that submit wrote
    Column("created_at", Float, nullable=False),
    Column("answered_at", Float),  # the caller has the request id; null: may be adopted
    Column("admitted_at", Float),  # its key had room: handed to the engine's queue
    Column("started_at", Float),
    Column("ended_at", Float),
    Column("worker_id", String(200)),  # who runs it
    Column("attempt", Integer, nullable=False),  # how often it was started
    Column("cancel_requested_at", Float),
    Column("progress", Float, nullable=False),  # 0–1
    Column("progress_text", Text, nullable=False),
    Column("result", _JSON_OR_NULL),  # model output, media as assets; null: not kept, too
    Column("error_status", Integer),  # HTTP status of a failed one
    Column("error_body", _JSON_OR_NULL),  # its body
    Column("error_type", String(100)),  # the platform's word for it, if the platform failed it
)
_LIVE = text("ended_at IS NULL")
Index("job_of_key", job.c.key_id, job.c.created_at)  # how often a key submits
Index(  # what of a key runs, and which of its waiting ones is next
    "job_live",
    job.c.key_id,
    job.c.state,
    job.c.priority,
    job.c.created_at,
    job.c.id,
    job.c.ended_at,  # so that the index alone answers, as SQLite asks again for what it implies
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
Index(  # how many are ahead in an engine's queue
    "job_queued",
    job.c.engine,
    job.c.state,
    job.c.priority,
    job.c.admitted_at,
    job.c.id,
    job.c.ended_at,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
_HAS_DEADLINE = text("start_by IS NOT NULL AND ended_at IS NULL")
Index("job_start_by", job.c.start_by, sqlite_where=_HAS_DEADLINE, postgresql_where=_HAS_DEADLINE)
_ENDED = text("ended_at IS NOT NULL")
Index("job_ended", job.c.ended_at, sqlite_where=_ENDED, postgresql_where=_ENDED)
HAS_UNKEPT_BODY = text("NOT store_io AND body IS NOT NULL")
Index("job_unkept", job.c.ended_at, sqlite_where=HAS_UNKEPT_BODY, postgresql_where=HAS_UNKEPT_BODY)
Index(
    "job_idempotent",
    job.c.key_id,
    job.c.idempotency_key,
    unique=True,
    sqlite_where=text("idempotency_key IS NOT NULL"),
    postgresql_where=text("idempotency_key IS NOT NULL"),
)
Index("job_alike", job.c.key_id, job.c.fingerprint, job.c.created_at)

job_log = Table(
    "job_log",
    metadata,
    Column("id", _ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("job_id", String(36), ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
    Column("at", Float, nullable=False),
    Column("level", String(10), nullable=False),  # the wire's words: INFO, WARN, ERROR
    Column("message", Text, nullable=False),
)
Index("job_log_of_job", job_log.c.job_id, job_log.c.id)

worker = Table(
    "worker",
    metadata,
    Column("id", String(200), primary_key=True),  # host:slot, stable over restarts
    Column("started_at", Float, nullable=False),
    Column("beat_at", Float, nullable=False),  # by the database's clock
    Column("slots", Integer, nullable=False),
)

asset = Table(
    "asset",
    metadata,
    Column("blob", String(80), primary_key=True),  # where its bytes are; never used again
    Column("name", String(80), nullable=False),  # unguessable, from its content, with suffix
    Column("content_type", String(100), nullable=False),
    Column("file_name", String(255), nullable=False),  # as it is offered for download
    Column("bytes", BigInteger, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float),
    Column("stored", Boolean, nullable=False),  # false: its bytes are on their way or never came
)
Index("asset_of_name", asset.c.name)
Index("asset_expiry", asset.c.expires_at)

upload = Table(
    "upload",
    metadata,
    Column("id", String(36), primary_key=True),  # unguessable: it is the permission to write
    Column("key_id", String(36), ForeignKey("api_key.id"), nullable=False),
    Column("file_name", String(255), nullable=False),
    Column("expires_after_s", Float),  # the caller's wish for the file; null: the setting
    Column("created_at", Float, nullable=False),
    Column("asset_name", String(80)),  # once it is complete
)
Index("upload_age", upload.c.created_at)

delivery = Table(
    "delivery",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("job_id", String(36), nullable=False),
    Column("key_id", String(36), nullable=False),
    Column("url", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # the bytes that are signed and sent
    Column("attempts", Integer, nullable=False),
    Column("next_at", Float),  # null: no further attempt
    Column("delivered_at", Float),
    Column("last_error", Text),
    Column("created_at", Float, nullable=False),
)
Index("delivery_due", delivery.c.next_at)
Index("delivery_of_job", delivery.c.job_id)

submission = Table(  # one paid call to a provider; see ledger.submissions
    "submission",
    metadata,
    Column("id", String(36), primary_key=True),  # our key at the provider, if it takes one
    Column("job_id", String(36)),  # null: bought on the command line
    Column("key_id", String(36)),  # who spends; null: the person at this machine
    Column("project", String(200)),
    Column("provider", String(50), nullable=False),
    Column("endpoint", String(200), nullable=False),
    Column("fingerprint", String(64), nullable=False),  # SHA-256 of the canonical request
    Column("request", _JSON_OR_NULL),  # that request: values, media by SHA-256; null: not kept
    Column("state", String(20), nullable=False),  # ledger.submissions.State
    Column("quoted_usd", Usd, nullable=False),  # what is reserved for it
    Column("charged_usd", Usd),  # what it cost in the end
    Column("provider_id", String(300)),
    Column("ticket", _JSON_OR_NULL),  # what else it takes to ask for the clip
    Column("created_at", Float, nullable=False),
    Column("sent_at", Float),
    Column("account", String(16)),  # that it was sent from: hosted.credentials.account
    Column("accepted_at", Float),
    Column("ended_at", Float),
    Column("asset_name", String(80)),  # the clip, once it is here
    Column("sha256", String(64)),  # of its file
    Column("seed", BigInteger),  # that the provider used
    Column("error", Text),  # why there is no clip, or none yet: error_values as JSON
)
Index("submission_of_job", submission.c.job_id, unique=True)
Index("submission_alike", submission.c.fingerprint, submission.c.created_at)
_OPEN = text("ended_at IS NULL")
Index("submission_open", submission.c.created_at, sqlite_where=_OPEN, postgresql_where=_OPEN)

ledger_entry = Table(  # only ever added to
    "ledger_entry",
    metadata,
    Column("id", _ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("kind", String(20), nullable=False),  # ledger.entries.Kind
    Column("usd", Usd, nullable=False),  # all of a submission add up to what is held or spent
    Column("day", String(10), nullable=False),  # YYYY-MM-DD, UTC: of the reservation
    Column("submission_id", String(36)),  # null: no purchase of ours
    Column("key_id", String(36)),
    Column("project", String(200)),
    Column("provider", String(50), nullable=False),
    Column("endpoint", String(200), nullable=False),
    Column("note", Text, nullable=False),
)
Index("ledger_of_submission", ledger_entry.c.submission_id)
Index("ledger_of_day", ledger_entry.c.day)

budget = Table(
    "budget",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("subject", String(250), nullable=False),  # all, key:ID, project:NAME, provider:NAME
    Column("period", String(10), nullable=False),  # day, month, ever
    Column("cap_usd", Usd, nullable=False),
    Column("created_at", Float, nullable=False),
)
Index("budget_of", budget.c.subject, budget.c.period, unique=True)

budget_use = Table(  # what is held and spent under a budget: the sum of its ledger entries
    "budget_use",
    metadata,
    Column("budget_id", String(36), ForeignKey("budget.id", ondelete="CASCADE"), primary_key=True),
    Column("span", String(10), primary_key=True),  # 2026-11-28, 2026-11, ever
    Column("used_usd", Usd, nullable=False),
)

secret = Table(
    "secret",
    metadata,
    Column("name", String(50), primary_key=True),  # such as "asset-names"
    Column("value", LargeBinary, nullable=False),  # made on first use
    Column("created_at", Float, nullable=False),
)

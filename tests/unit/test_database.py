"""The database opens anywhere it can, says why it cannot, and keeps its promises to writers."""

import os
import pwd
import sqlite3
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, func, insert, inspect, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from photoplay.database import Database, connect, schema
from photoplay.database.tables import api_key, metadata, secret, upload
from photoplay.errors import DatabaseUnavailable, PhotoplayError, SettingInvalid
from tests.rigs.postgres import Postgres

BOTH = pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A place for a new database, of the kind that the test's parameter names."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield f"sqlite:///{tmp_path}/new folder/photoplay.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as fresh:
        yield fresh


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database.open(url)
    yield database
    database.close()


def key_row(name: str = "a") -> dict[str, Any]:
    return {"id": name, "secret_hash": "", "name": name, "scopes": [], "created_at": 0.0}


# Schema


@BOTH
def test_the_migrations_make_the_tables_that_the_code_describes(
    url: str, database: Database, tmp_path: Path, postgres: Postgres
) -> None:
    with database.read() as connection:
        migrated = described(connection)
    version = migrated.pop(schema.VERSION_TABLE)
    assert list(version["columns"]) == ["version_num"]
    with described_metadata(url, tmp_path, postgres) as expected:
        assert migrated == expected


@contextmanager
def described_metadata(url: str, tmp_path: Path, postgres: Postgres) -> Iterator[dict[str, Any]]:
    if url.startswith("sqlite"):
        engine = create_engine(f"sqlite:///{tmp_path}/described.db")
        metadata.create_all(engine)
        yield described(engine)
        engine.dispose()
        return
    with postgres.database() as fresh:
        engine = create_engine(fresh.replace("postgresql:", "postgresql+psycopg:"))
        metadata.create_all(engine)
        yield described(engine)
        engine.dispose()


def described(bind: Any) -> dict[str, Any]:
    """Everything that the database itself says about its tables."""
    seen = inspect(bind)
    return {
        table: {
            "columns": {
                each["name"]: (str(each["type"]), each["nullable"], each["default"])
                for each in seen.get_columns(table)
            },
            "primary key": seen.get_pk_constraint(table)["constrained_columns"],
            "foreign keys": sorted(
                (each["constrained_columns"], each["referred_table"], str(each["options"]))
                for each in seen.get_foreign_keys(table)
            ),
            "indexes": {
                each["name"]: (
                    each["column_names"],
                    each["unique"],
                    {name: str(value) for name, value in each["dialect_options"].items()},
                )
                for each in seen.get_indexes(table)
            },
        }
        for table in seen.get_table_names()
    }


def test_the_newest_migration_is_the_only_end_of_the_history() -> None:
    config = Config()
    config.set_main_option("script_location", "photoplay.database:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


@BOTH
def test_opening_again_keeps_what_is_there(url: str, database: Database) -> None:
    with database.begin() as connection:
        connection.execute(insert(api_key), key_row())
    again = Database.open(url)
    with again.read() as connection:
        assert connection.scalar(select(api_key.c.name)) == "a"
    again.close()


@BOTH
def test_all_who_open_a_new_database_at_the_same_time_succeed(url: str) -> None:
    together = threading.Barrier(6)

    def open_it() -> int:
        together.wait()
        database = Database.open(url)
        with database.read() as connection:
            count = connection.execute(select(func.count()).select_from(api_key)).scalar_one()
        database.close()
        return count

    with ThreadPoolExecutor(6) as pool:
        assert [each.result() for each in [pool.submit(open_it) for _ in range(6)]] == [0] * 6


@BOTH
def test_a_migration_that_fails_leaves_nothing_behind(url: str) -> None:
    """The last statement of the first migration finds its name taken."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE other (a INTEGER)"))
        connection.execute(text("CREATE INDEX delivery_of_job ON other (a)"))
    with pytest.raises((DatabaseError, DatabaseUnavailable), match="delivery_of_job"):
        Database.open(url)
    assert inspect(engine).get_table_names() == ["other"]
    engine.dispose()


@BOTH
def test_a_database_of_a_newer_version_is_refused(url: str, database: Database) -> None:
    with database.begin() as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(SettingInvalid, match="schema 9999, made by a newer version"):
        Database.open(url)


@BOTH
def test_tables_of_another_program_are_left_alone(url: str, tmp_path: Path) -> None:
    (tmp_path / "new folder").mkdir()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE worker (theirs INTEGER)"))
    with pytest.raises(SettingInvalid, match="a table worker that another program made"):
        Database.open(url)
    assert inspect(engine).get_table_names() == ["worker"]
    engine.dispose()


# Refusals


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file:a.db?uri=true", "names no file"),
        ("mysql://root:hunter2@127.0.0.1/a", "starts with mysql:"),
        ("hunter2", "cannot be read"),
        ("postgresql://root:hunter2@127.0.0.1:port/a", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_a_url_that_names_no_database_is_refused_without_its_password(url: str, given: str) -> None:
    with pytest.raises(SettingInvalid, match=given) as refused:
        Database.open(url)
    assert "hunter2" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, " * 500)
    with pytest.raises(SettingInvalid, match=r"notes\.txt is not a database"):
        Database.open(f"sqlite:///{path}")
    assert path.read_text() == "not a database, " * 500


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="cannot be opened: Is a directory"):
        Database.open(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize(
    ("file_mode", "folder_mode", "given"),
    [
        (0o444, 0o777, "cannot be opened: Permission denied"),
        (0o666, 0o555, "in a folder that is read-only"),
    ],
)
def test_a_read_only_database_is_refused(file_mode: int, folder_mode: int, given: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "photoplay.db")
        path.touch()
        path.chmod(file_mode)
        path.parent.chmod(folder_mode)
        with no_superuser(), pytest.raises(SettingInvalid, match=given):
            Database.open(f"sqlite:///{path}")


@contextmanager
def no_superuser() -> Iterator[None]:
    """Nothing is read-only to the superuser: act as somebody else for the block."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_server_that_does_not_answer_is_named_without_the_password() -> None:
    with pytest.raises(DatabaseUnavailable, match=r"127\.0\.0\.1:1/a refused") as refused:
        Database.open("postgresql://me:hunter2@127.0.0.1:1/a")
    assert "hunter2" not in str(refused.value)
    assert refused.value.http_status == 503


def test_a_user_who_may_not_make_tables_is_told_what_to_grant(postgres: Postgres) -> None:
    with postgres.database() as url:
        postgres.execute("CREATE ROLE guest LOGIN")
        try:
            with pytest.raises(SettingInvalid, match="permission denied for schema public"):
                Database.open(url.replace("//postgres@", "//guest@"))
        finally:
            postgres.execute("DROP ROLE guest")


def test_a_lock_that_another_program_holds_for_long_is_reported(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "_LOCK_WAIT_S", 0.1)
    database = Database.open(url)
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable, match="database is locked"), database.begin():
        pass
    other.execute("ROLLBACK")
    with database.begin() as connection:
        connection.execute(insert(api_key), key_row())
    other.close()
    database.close()


def test_the_file_is_for_its_owner_alone(url: str, database: Database) -> None:
    with database.begin() as connection:
        connection.execute(insert(api_key), key_row())
    path = Path(url.removeprefix("sqlite:///"))
    found = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert found == dict.fromkeys([path.name, f"{path.name}-wal", f"{path.name}-shm"], 0o600)


# Transactions


@BOTH
def test_a_transaction_that_raises_changes_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(insert(api_key), [key_row("a"), key_row("b"), key_row("a")])
    with database.read() as connection:
        assert connection.scalars(select(api_key.c.id)).all() == []


@BOTH
def test_an_error_of_ours_passes_through_a_transaction(database: Database) -> None:
    error = SettingInvalid("a", rule="b", fix="C")
    with pytest.raises(PhotoplayError) as raised, database.begin():
        raise error
    assert raised.value is error


def test_what_a_writer_reads_stays_true_until_it_commits(url: str, database: Database) -> None:
    """Eight threads on two pools count up by reading and writing; a lost update would show."""
    with database.begin() as connection:
        connection.execute(insert(api_key), key_row() | {"concurrency": 0})
    second = Database.open(url)

    def count_up(on: Database) -> None:
        for _ in range(25):
            with on.begin() as connection:
                seen = connection.scalar(select(api_key.c.concurrency)) or 0
                connection.execute(update(api_key).values(concurrency=seen + 1))

    with ThreadPoolExecutor(8) as pool:
        for each in [pool.submit(count_up, on) for on in [database, second] * 4]:
            each.result()
    with database.read() as connection:
        assert connection.scalar(select(api_key.c.concurrency)) == 8 * 25
    second.close()


@BOTH
def test_readers_wait_for_no_writer_and_see_what_was_committed(database: Database) -> None:
    with database.begin() as writing:
        writing.execute(insert(api_key), key_row())
        with database.read() as reading:
            assert reading.scalars(select(api_key.c.id)).all() == []
    with database.read() as reading:
        assert reading.scalars(select(api_key.c.id)).all() == ["a"]


def test_a_reading_connection_cannot_write(database: Database) -> None:
    with pytest.raises(DatabaseUnavailable, match="readonly"), database.read() as connection:
        connection.execute(insert(api_key), key_row())


@BOTH
def test_a_row_cannot_refer_to_what_is_not_there(database: Database) -> None:
    row = {"id": "u", "key_id": "nobody", "file_name": "", "content_type": "", "created_at": 0.0}
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(insert(upload), row)


@BOTH
def test_the_clock_is_the_time(database: Database) -> None:
    with database.read() as connection:
        assert database.now(connection) == pytest.approx(time.time(), abs=5)
        assert isinstance(database.now(connection), float)


def test_connections_that_the_server_has_cut_are_made_again(
    postgres: Postgres, postgres_url: str
) -> None:
    database = Database.open(postgres_url)
    with database.read() as connection:
        mine = connection.scalar(text("SELECT pg_backend_pid()"))
    postgres.execute(f"SELECT pg_terminate_backend({mine})")
    with database.read() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != mine
    database.close()


# Locks and secrets


@BOTH
def test_a_named_lock_has_one_holder_and_is_free_afterwards(database: Database) -> None:
    with (
        database.try_lock("sweep") as first,
        database.try_lock("sweep") as second,
        database.try_lock("other") as other,
    ):
        assert (first, second, other) == (True, False, True)
    with database.try_lock("sweep") as again:
        assert again


def test_a_named_lock_holds_among_processes(postgres_url: str) -> None:
    one, two = Database.open(postgres_url), Database.open(postgres_url)
    with one.try_lock("sweep") as first, two.try_lock("sweep") as second:
        assert (first, second) == (True, False)
    one.close()
    two.close()


@BOTH
def test_a_secret_is_made_once_however_many_ask_first(database: Database) -> None:
    together = threading.Barrier(6)

    def ask() -> bytes:
        together.wait()
        return database.secret("asset-names", lambda: os.urandom(32))

    with ThreadPoolExecutor(6) as pool:
        found = {each.result() for each in [pool.submit(ask) for _ in range(6)]}
    assert len(found) == 1
    with database.read() as connection:
        assert connection.scalars(select(secret.c.value)).all() == list(found)
    assert database.secret("another", lambda: b"other") == b"other"

"""Brings the tables of a database up to date."""

from __future__ import annotations

import threading

from sqlalchemy import Connection, Engine, inspect, text

from photoplay.database.connect import Place
from photoplay.database.tables import metadata
from photoplay.errors import SettingInvalid

HEAD = "0003"  # the newest revision in migrations/versions
VERSION_TABLE = (
    "photoplay_schema"  # a database may hold tables of others with versions of their own
)

_ALEMBIC_IS_GLOBAL = threading.Lock()  # its context belongs to the process, not to a connection
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('photoplay:schema', 0))")


def migrate(engine: Engine, place: Place) -> None:
    """Make or change the tables in one transaction; processes that start together take turns.

    Raises SettingInvalid if the database is not ours or is newer than this version.
    """
    with engine.begin() as connection:
        if not place.is_sqlite:  # where beginning to write has taken the lock
            connection.execute(_LOCK)
        found = _revision(connection)
        if found == HEAD:
            return
        if found is None:
            _refuse_tables_of_others(connection, place)
        with _ALEMBIC_IS_GLOBAL:
            _upgrade(connection, found, place)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return str(connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")))


def _refuse_tables_of_others(connection: Connection, place: Place) -> None:
    taken = sorted(set(inspect(connection).get_table_names()) & set(metadata.tables))
    if taken:
        raise SettingInvalid(
            f"the database {place} has a table {taken[0]} that another program made",
            rule="Photoplay's tables need their names to themselves",
            fix="Give it a database of its own in PHOTOPLAY_DATABASE",
        )


def _upgrade(connection: Connection, found: str | None, place: Place) -> None:
    # Imported here, as it costs a tenth of a second that most starts need not pay.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", f"{__package__}:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise SettingInvalid(
            f"the database {place} has schema {found}, made by a newer version of Photoplay",
            rule=f"this version knows schemas up to {HEAD}",
            fix="Install the newer version, or give this one a database of its own",
        )
    command.upgrade(config, "head")

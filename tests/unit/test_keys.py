"""A key opens what it was made for, until it is revoked, and its secret is nowhere to be found."""

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from typer.testing import CliRunner

from photoplay import config
from photoplay.cli import keys as cli
from photoplay.database import Database
from photoplay.database.tables import api_key
from photoplay.errors import InvalidRequest, KeyRequired, NotFound, PhotoplayError, ScopeMissing
from photoplay.keys import Keys, Scope
from tests.rigs.processes import wait_until

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    kind = getattr(request, "param", "sqlite")
    database = Database.open(
        request.getfixturevalue("sqlite_url" if kind == "sqlite" else "postgres_url")
    )
    with database.begin() as connection:
        connection.execute(delete(api_key))
    yield database
    database.close()


@pytest.fixture
def keys(database: Database) -> Keys:
    return Keys(database)


# Making


@BOTH
def test_a_new_key_is_listed_as_it_was_made(keys: Keys) -> None:
    made, _ = keys.create("Ana's laptop", [Scope.RUN], concurrency=50)
    assert keys.list() == [made]
    assert (made.name, made.concurrency) == ("Ana's laptop", 50)
    assert made.scopes == {Scope.RUN}
    assert made.created_at == pytest.approx(time.time(), abs=5)
    assert made.revoked_at is None


@BOTH
def test_only_the_hash_of_a_secret_is_kept(database: Database, keys: Keys) -> None:
    key, text = keys.create("a")
    key_id, _, secret = text.partition(":")
    assert key_id == key.id
    assert len(bytes.fromhex(secret)) * 8 == 256
    with database.read() as connection:
        kept = connection.execute(select(api_key)).one()
    assert kept.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in repr(kept)
    assert secret not in repr(keys.list())


def test_no_two_secrets_are_alike(keys: Keys) -> None:
    texts = [keys.create("a")[1] for _ in range(20)]
    assert len({text.partition(":")[2] for text in texts}) == 20


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\0b", "x" * 201])
def test_a_name_that_cannot_be_shown_is_refused(keys: Keys, name: str) -> None:
    with pytest.raises(InvalidRequest, match="1–200 printable characters"):
        keys.create(name)


@pytest.mark.parametrize("concurrency", [0, -1, 10_001])
def test_a_concurrency_out_of_range_is_refused(keys: Keys, concurrency: int) -> None:
    with pytest.raises(InvalidRequest, match=f"is {concurrency}; it is 1–10000"):
        keys.create("a", concurrency=concurrency)


def test_a_key_without_any_scope_is_refused(keys: Keys) -> None:
    with pytest.raises(InvalidRequest, match="has no scope"):
        keys.create("a", [])


# Checking


@pytest.mark.parametrize("scheme", ["Key ", "Bearer ", "key ", "BEARER ", "Key   "])
@BOTH
def test_a_key_is_taken_in_either_scheme(keys: Keys, scheme: str) -> None:
    key, text = keys.create("a")
    assert keys.check(scheme + text, Scope.RUN) == key


@pytest.mark.parametrize(
    ("form", "given"),
    [
        ("", "no key was sent"),
        ("Key", "holds no key"),
        ("Key ", "holds no key"),
        ("{text}", "holds no key"),
        ("Key{text}", "holds no key"),
        ("Key\t{text}", "holds no key"),
        ("Basic {text}", "holds no key"),
        ("Key Key {text}", "holds no key"),
        (" Key {text}", "holds no key"),
        ("Key {text} ", "holds no key"),
        ("Key {text}\n", "holds no key"),
        ("Key {text}, Key {text}", "holds no key"),
        ("Key {text}0", "holds no key"),
        ("Key {id}", "holds no key"),
        ("Key {id}:", "holds no key"),
        ("Key :{secret}", "holds no key"),
        ("Key {secret}:{id}", "holds no key"),
        ("Key {id}:{wrong}", "not known"),
        ("Key {other}:{secret}", "not known"),
        ("Key {unknown}:{secret}", "not known"),
    ],
)
def test_anything_else_is_no_key(keys: Keys, form: str, given: str) -> None:
    key, text = keys.create("a")
    other, _ = keys.create("b")
    secret = text.partition(":")[2]
    header = form.format(
        text=text,
        id=key.id,
        secret=secret,
        wrong=secret[:-1] + ("0" if secret[-1] != "0" else "1"),
        other=other.id,
        unknown="0" * 36,
    )
    with pytest.raises(KeyRequired, match=given) as refused:
        keys.check(header, Scope.RUN)
    assert secret not in str(refused.value)


def test_no_header_is_no_key(keys: Keys) -> None:
    with pytest.raises(KeyRequired, match="no key was sent"):
        keys.check(None, Scope.RUN)


class NoDatabase(Database):
    """Fails the test if it is asked: what is no key must not cost a look into the database."""

    def __init__(self) -> None: ...


@given(header=st.text(max_size=300))
def test_no_text_but_a_key_reaches_the_database(header: str) -> None:
    with pytest.raises(KeyRequired):
        Keys(NoDatabase()).check(header, Scope.RUN)


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        ({Scope.RUN}, {Scope.RUN}),
        ({Scope.UPLOAD}, {Scope.UPLOAD}),
        ({Scope.RUN, Scope.UPLOAD}, {Scope.RUN, Scope.UPLOAD}),
        ({Scope.ADMIN}, set(Scope)),
    ],
)
def test_a_key_opens_what_its_scopes_name(
    keys: Keys, scopes: set[Scope], allowed: set[Scope]
) -> None:
    key, text = keys.create("a", scopes)
    for scope in allowed:
        assert keys.check(f"Key {text}", scope) == key
    for scope in set(Scope) - allowed:
        with pytest.raises(ScopeMissing, match=f"needs the scope {scope}"):
            keys.check(f"Key {text}", scope)


def test_a_scope_of_a_newer_version_grants_nothing(database: Database, keys: Keys) -> None:
    key, text = keys.create("a", [Scope.RUN])
    with database.begin() as connection:
        connection.execute(update(api_key).values(scopes=["run", "time-travel"]))
    assert keys.check(f"Key {text}", Scope.RUN).id == key.id
    assert keys.list()[0].scopes == {Scope.RUN}


# Revoking


def opens(keys: Keys, text: str) -> bool:
    try:
        keys.check(f"Key {text}", Scope.RUN)
    except KeyRequired:
        return False
    return True


@BOTH
def test_a_revoked_key_is_refused_by_every_process_within_two_seconds(database: Database) -> None:
    here, elsewhere = Keys(database), Keys(database)
    key, text = here.create("a")
    other, other_text = here.create("b")
    assert here.check(f"Key {text}", Scope.RUN) == elsewhere.check(f"Key {text}", Scope.RUN) == key
    revoked = here.revoke(key.id)
    with pytest.raises(KeyRequired, match="was revoked"):
        here.check(f"Key {text}", Scope.RUN)
    wait_until(lambda: not opens(elsewhere, text), "it is refused elsewhere", within_s=2)
    assert revoked.revoked_at == pytest.approx(time.time(), abs=5)
    assert here.list() == [revoked, other]
    assert elsewhere.check(f"Key {other_text}", Scope.RUN) == other


def test_revoking_again_keeps_the_first_time(keys: Keys) -> None:
    key, _ = keys.create("a")
    assert keys.revoke(key.id) == keys.revoke(key.id)


@BOTH
@pytest.mark.parametrize("key_id", ["", "nobody", "x" * 1000])
def test_revoking_what_is_no_key_says_so(keys: Keys, key_id: str) -> None:
    with pytest.raises(NotFound, match="no key has that id"):
        keys.revoke(key_id)


# The command


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PHOTOPLAY_DATA", str(tmp_path))
    config.settings.cache_clear()
    yield tmp_path
    config.settings.cache_clear()


def run(*arguments: str) -> str:
    """Standard output of the command; its errors are raised."""
    return CliRunner().invoke(cli.app, arguments, catch_exceptions=False).stdout


@pytest.mark.usefixtures("data")
def test_the_command_prints_a_key_that_opens_and_never_again() -> None:
    text = run("create", "Ana").strip()
    assert config.settings().is_sqlite
    database = Database.open(config.settings().database_url)
    assert Keys(database).check(f"Key {text}", Scope.UPLOAD).name == "Ana"
    database.close()
    key_id, _, secret = text.partition(":")
    listed = run("list") + run("list", "--json")
    assert key_id in listed
    assert secret not in listed


@pytest.mark.usefixtures("data")
def test_the_command_lists_what_was_made_and_revoked() -> None:
    made = json.loads(run("create", "ops", "--scope", "admin", "--concurrency", "50", "--json"))
    assert run("revoke", made["id"]).startswith(f"{made['id']}  ops: revoked 20")
    (listed,) = json.loads(run("list", "--json"))
    assert listed | {"revoked_at": None, "key": made["key"]} == made
    assert (listed["scopes"], listed["concurrency"]) == (["admin"], 50)
    assert "admin; 50 at a time; created 20" in run("list")


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (["revoke", "nobody"], "no key has that id"),
        (["create", "a", "--scope", "root"], "the scope is 'root'"),
        (["create", ""], "the name of the key is ''"),
    ],
)
def test_the_command_reports_a_wrong_request(arguments: list[str], given: str) -> None:
    with pytest.raises(PhotoplayError, match=given) as raised:
        run(*arguments)
    assert raised.value.exit_code == 2

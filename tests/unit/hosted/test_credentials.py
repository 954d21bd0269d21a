"""Keys come from the environment or the keyring, ours before what others use, and stay there."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from photoplay.dialects.fal import FalHosted
from photoplay.dialects.openai_videos import OpenAIVideosDialect
from photoplay.errors import ProviderKeyRefused, SettingInvalid
from photoplay.hosted import credentials

FAL = FalHosted()


class Ring(KeyringBackend):
    """A keyring in memory; a broken one refuses everything."""

    priority = 1

    def __init__(self, *, broken: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self._broken = broken

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def _check(self) -> None:
        if self._broken:
            raise KeyringError


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ring]:
    for name in ("FAL_KEY", "FAL_KEY_ID", "FAL_KEY_SECRET", "PHOTOPLAY_FAL_KEY"):
        monkeypatch.delenv(name, raising=False)
    before, made = keyring.get_keyring(), Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_the_environment_goes_before_the_keyring(
    ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials.keep(["FAL_KEY"], ["kept"])
    assert ring.kept == {("photoplay", "FAL_KEY"): "kept"}
    assert credentials.find(FAL) == credentials.Found({"FAL_KEY": "kept"}, "the keyring")
    monkeypatch.setenv("FAL_KEY", "given")
    assert credentials.find(FAL) == credentials.Found({"FAL_KEY": "given"}, "the environment")


def test_our_own_name_goes_before_the_one_that_callers_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_KEY", "of our own server")
    monkeypatch.setenv("PHOTOPLAY_FAL_KEY", "of fal")
    assert credentials.find(FAL).values == {"FAL_KEY": "of fal"}


def test_a_key_in_two_halves_needs_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_KEY_ID", "id")
    with pytest.raises(ProviderKeyRefused, match="FAL_KEY_ID and FAL_KEY_SECRET"):
        credentials.find(FAL)
    credentials.keep(["FAL_KEY_SECRET"], ["secret"])
    assert credentials.find(FAL).source == "the keyring"


def test_who_needs_no_key_gets_none() -> None:
    dialect = OpenAIVideosDialect(url="http://gpu.local/v1")
    assert credentials.find(dialect) == credentials.Found({}, "none needed")


def test_a_broken_keyring_is_as_good_as_none_and_keeps_nothing() -> None:
    keyring.set_keyring(Ring(broken=True))
    with pytest.raises(ProviderKeyRefused, match="photoplay providers key fal"):
        credentials.find(FAL)
    with pytest.raises(SettingInvalid, match="Set FAL_KEY in the environment"):
        credentials.keep(["FAL_KEY"], ["kept"])


@pytest.mark.parametrize("wrong", ["", "two\nlines", "x" * 5000])
def test_what_is_no_key_is_not_kept_and_not_shown(ring: Ring, wrong: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        credentials.keep(["FAL_KEY"], [wrong])
    assert ring.kept == {}
    assert not wrong or wrong not in str(caught.value)

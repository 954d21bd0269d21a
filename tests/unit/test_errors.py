"""Every error is one clear line, and the tree at the top of its module is the tree."""

import errno
import re
from pathlib import Path

import pytest

from photoplay import errors
from photoplay.errors import (
    Cancelled,
    InvalidRequest,
    NotAllowed,
    NotFound,
    OutputMisplaced,
    OutputUnwritable,
    PhotoplayError,
    ProviderKeyRefused,
    ProviderRefused,
    SettingInvalid,
    TooManyRequests,
)

CALLERS_FAULT = (
    InvalidRequest,
    NotAllowed,
    NotFound,
    SettingInvalid,
    ProviderRefused,
    ProviderKeyRefused,
)


def tree(root: type[PhotoplayError]) -> list[type[PhotoplayError]]:
    return [root, *(leaf for child in root.__subclasses__() for leaf in tree(child))]


def make(kind: type[PhotoplayError]) -> PhotoplayError:
    if kind is Cancelled:
        return Cancelled()
    if kind is TooManyRequests:
        return TooManyRequests("a", rule="b", fix="C", retry_after_s=1)
    return kind("a", rule="b", fix="C")


@pytest.mark.parametrize("kind", tree(PhotoplayError))
def test_an_error_says_what_was_given_the_rule_and_the_fix(kind: type[PhotoplayError]) -> None:
    error = make(kind)
    assert str(error) == f"{error.given}; {error.rule}. {error.fix}."
    assert isinstance(error, Exception)


@pytest.mark.parametrize("kind", tree(PhotoplayError))
def test_the_drawn_tree_is_complete(kind: type[PhotoplayError]) -> None:
    assert errors.__doc__ is not None
    assert re.search(rf"(── |^ {{4}}){kind.__name__}\b", errors.__doc__, re.MULTILINE)


@pytest.mark.parametrize("kind", tree(PhotoplayError))
def test_no_error_ends_with_success(kind: type[PhotoplayError]) -> None:
    assert kind.exit_code in {1, 2, 3, 130}
    assert (kind.exit_code == 2) == issubclass(kind, CALLERS_FAULT)
    assert 400 <= kind.http_status < 600


@pytest.mark.parametrize(
    ("code", "fix"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EDQUOT, "Free some space"),
        (errno.EFBIG, "Free some space"),
        (errno.EACCES, "Choose another place"),
        (errno.EROFS, "Choose another place"),
    ],
)
def test_a_refused_write_is_explained(code: int, fix: str) -> None:
    error = OutputUnwritable.because(Path("a.mp4"), OSError(code, "the reason"))
    assert str(error).startswith("a.mp4 cannot be written: the reason; ")
    assert error.fix.startswith(fix)


def test_a_place_that_is_none_is_the_callers_fault_and_a_full_disk_is_not() -> None:
    assert (OutputMisplaced.fal_type, OutputMisplaced.http_status) == ("value_error", 422)
    assert (OutputUnwritable.fal_type, OutputUnwritable.http_status) == (
        "internal_server_error",
        500,
    )
    assert OutputMisplaced.exit_code == OutputUnwritable.exit_code == 3

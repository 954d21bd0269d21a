"""Reads a provider's bill: CSV or JSON, whose columns are recognised by their names.

Nobody here wrote the file, so it is small, is text, and what cannot be read is named by its line.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from photoplay.catalogue import echo
from photoplay.errors import InvalidRequest

MOST_BYTES = 20_000_000
_MOST_AMOUNT = Decimal(100_000_000)  # of one line, dollars or credits
_MOST_CREDIT_USD = Decimal(100)
_MOST_DEPTH = 4  # of objects in objects
_SHOWN_CHARS = 40
# Names of columns, those first that say most: a bill may have a number of its own for each line.
_ID_NAMES = ("request_id", "task_id", "prediction_id", "generation_id", "id")
_USD_NAMES = ("usd", "cost_usd", "amount_usd", "cost", "amount", "charge", "charged", "price")
_CREDIT_NAMES = ("credits", "credits_used")
_DATE_NAMES = ("date", "created_at", "createdat", "time", "timestamp")
_AMOUNT = re.compile(
    r"(-?)\s?(?:USD\s?)?\$?\s?(-?(?:\d{1,3}(?:,\d{3})+|\d{1,15})?(?:\.\d{1,20})?(?:[eE]-?\d{1,2})?)"
    r"(?:\s?USD)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns are the id and the amount; None: recognised by their names.

    `credit_usd` is what a credit costs, where the amounts are credits.
    """

    id: str | None = None
    usd: str | None = None
    date: str | None = None
    credit_usd: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """What the provider charged for one of its ids; a refund is negative."""

    number: int  # of the line, in JSON of the item; from 1
    id: str  # empty: charged for something else than a clip
    usd: Decimal
    day: date | None  # of UTC

    def as_json(self) -> dict[str, object]:
        """The line for programs."""
        day = None if self.day is None else self.day.isoformat()
        return {"line": self.number, "id": self.id, "theirs_usd": f"{self.usd:f}", "day": day}


def read_bill(content: bytes, columns: Columns = Columns()) -> list[BillLine]:
    """The lines of a bill. Raises InvalidRequest."""
    if len(content) > MOST_BYTES:
        raise _wrong("the bill is too large", f"a bill has at most {MOST_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong("the bill is no text in UTF-8", "a bill is CSV or JSON in UTF-8") from None
    is_json = text.lstrip()[:1] in ("[", "{")
    rows = list(_json_rows(text) if is_json else _csv_rows(text))
    if not rows:
        raise _wrong("the bill has no lines", "a bill has a line for each clip")
    reader = _Reader(columns, {name: None for _, row in rows for name in row})
    return [reader.line(number, row) for number, row in rows]


def parse_columns(text: str, credit_usd: str | None = None) -> Columns:
    """Columns as "id=task,usd=total", and the price of a credit. Raises InvalidRequest."""
    given: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        name, equals, column = part.partition("=")
        if name.strip() not in ("id", "usd", "date") or not equals or not column.strip():
            raise InvalidRequest(
                f"the columns are {text[:_SHOWN_CHARS]!r}",
                rule="they name the columns of id, usd and date",
                fix="Write them as id=task_id,usd=total",
            )
        given[name.strip()] = column.strip()
    return Columns(**given, credit_usd=None if credit_usd is None else _credit(credit_usd))


def _credit(text: str) -> Decimal:
    usd = _amount(text)
    if usd is None or not 0 < usd <= _MOST_CREDIT_USD:
        raise InvalidRequest(
            f"a credit costs {text[:_SHOWN_CHARS]!r} dollars",
            rule=f"it costs more than 0 and at most {_MOST_CREDIT_USD} dollars",
            fix="Give what one credit costs, such as 0.01",
        )
    return usd


class _Reader:
    """Makes lines of rows whose columns have been found."""

    def __init__(self, columns: Columns, names: Iterable[str]) -> None:
        known = list(names)
        self._id = _column(known, columns.id, _ID_NAMES, "id")
        self._factor = columns.credit_usd or Decimal(1)
        amounts = _USD_NAMES if columns.credit_usd is None else (*_CREDIT_NAMES, *_USD_NAMES)
        in_credits = _recognised(known, _CREDIT_NAMES) and not _recognised(known, _USD_NAMES)
        if in_credits and columns.usd is None and columns.credit_usd is None:
            raise InvalidRequest(
                "the bill counts in credits",
                rule="the ledger counts in US dollars",
                fix="Say what a credit costs: --credit-usd 0.01 for Runway",
            )
        self._usd = _column(known, columns.usd, amounts, "usd")
        self._date = _recognised(known, _DATE_NAMES)
        if columns.date is not None:
            self._date = _column(known, columns.date, (), "date")

    def line(self, number: int, row: Mapping[str, object]) -> BillLine:
        """That row. Raises InvalidRequest, with its number."""
        given, found = row.get(self._usd), row.get(self._id)
        amount = _amount(given)
        if amount is None or not -_MOST_AMOUNT <= amount <= _MOST_AMOUNT:
            shown = "missing" if given is None else repr(str(echo(given))[:_SHOWN_CHARS])
            raise _wrong(
                f"the amount in line {number} of the bill is {shown}",
                f"an amount is a number such as 0.56, at most {_MOST_AMOUNT:,}",
            )
        return BillLine(
            number=number,
            id="" if found is None else str(found).strip(),
            usd=amount * self._factor,
            day=_day(row.get(self._date)) if self._date is not None else None,
        )


def _column(known: list[str], asked: str | None, names: tuple[str, ...], what: str) -> str:
    """The column that was asked for, or the one with the first of these names."""
    found = _recognised(known, names) if asked is None else asked
    if found in known:
        return str(found)
    listed = ", ".join(repr(echo(name))[:_SHOWN_CHARS] for name in known[:20])
    raise InvalidRequest(
        f"the bill has no column {asked!r}" if asked else f"no column of the bill is its {what}",
        rule=f"its columns are {listed}",
        fix=f"Name the column: --columns {what}=…",
    )


def _recognised(known: list[str], names: tuple[str, ...]) -> str | None:
    """The column with the first of these names; of an object in an object its last part counts."""
    plain = {re.sub(r"[\s-]+", "_", each.strip().lower()): each for each in reversed(known)}
    last = {name.rpartition(".")[2]: each for name, each in plain.items()}
    return next((where[name] for where in (plain, last) for name in names if name in where), None)


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, object]]]:
    head = text.lstrip("\r\n").partition("\n")[0]
    separator = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    names: list[str] | None = None
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if names is None:
                names = row
            else:
                yield rows.line_num, dict(zip(names, row, strict=False))
    except csv.Error as error:
        raise _wrong(f"line {rows.line_num} is no CSV: {error}", "a bill is CSV or JSON") from error


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, object]]]:
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError, InvalidOperation) as error:
        reason = " ".join(str(error).split())[:120]
        raise _wrong(f"the bill is no JSON: {reason}", "a bill is CSV or JSON") from error
    items = found if isinstance(found, list) else _list_in(found)
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise _wrong(f"item {number} of the bill is no object", "each item is an object")
        yield number, dict(_flat(item))


def _list_in(document: Mapping[str, Any]) -> list[Any]:
    """The list of an object that holds one beside other things, such as page numbers."""
    lists = [value for value in document.values() if isinstance(value, list)]
    if len(lists) != 1:
        raise _wrong(
            f"the bill is an object with {len(lists)} lists", "a bill is a list, or holds one"
        )
    return lists[0]


def _flat(item: Mapping[str, Any], prefix: str = "", depth: int = 1) -> Iterator[tuple[str, Any]]:
    """Names and values; those of an object in the object are called outer.inner."""
    for name, value in item.items():
        if isinstance(value, dict) and depth < _MOST_DEPTH:
            yield from _flat(value, f"{prefix}{name}.", depth + 1)
        else:
            yield f"{prefix}{name}", value


def _amount(given: object) -> Decimal | None:
    if isinstance(given, int | Decimal) and not isinstance(given, bool):
        return Decimal(given)
    match = _AMOUNT.fullmatch(given.strip()) if isinstance(given, str) else None
    if match is None:
        return None
    try:
        return Decimal(match[1] + match[2].replace(",", ""))
    except InvalidOperation:
        return None


def _day(given: object) -> date | None:
    """The day of a date, a time, or seconds or milliseconds since 1970; None where it is none."""
    text = str(given).strip()
    try:
        if re.fullmatch(r"\d{9,13}(\.\d+)?", text, re.ASCII):
            seconds = float(text) / (1000 if float(text) > 1e11 else 1)
            return datetime.fromtimestamp(seconds, UTC).date()
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return (found.astimezone(UTC) if found.tzinfo else found).date()


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _wrong(given: str, rule: str) -> InvalidRequest:
    return InvalidRequest(given, rule=rule, fix="Export the bill again, as CSV or JSON in UTF-8")

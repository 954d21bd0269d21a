"""Lines, columns and bytes of a text. Lines and columns count from 1, columns in characters."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

_LINE_END = re.compile(r"\r\n|\r|\n")
_WIDE = re.compile(r"[^\x00-\x7f]")


class Bytes:
    """A text's characters by the bytes of its UTF-8, and the other way round."""

    def __init__(self, text: str) -> None:
        self._at: list[int] = []  # characters of more than one byte: their places
        self._ends = [0]  # where they end, in bytes; 0 before the first
        for found in () if text.isascii() else _WIDE.finditer(text):
            before = self.byte(found.start())
            self._at.append(found.start())
            self._ends.append(before + len(found[0].encode("utf-8", "surrogatepass")))

    def byte(self, at: int) -> int:
        """Where the character starts."""
        wide = bisect_left(self._at, at)
        return self._ends[wide] + at - (self._at[wide - 1] + 1 if wide else 0)

    def character(self, byte: int) -> int:
        """The character that starts there."""
        wide = bisect_right(self._ends, byte) - 1 if self._at else 0
        return byte - self._ends[wide] + (self._at[wide - 1] + 1 if wide else 0)


class Lines:
    """The lines of one text, ended by LF, CRLF or CR."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def line(self, number: int) -> str:
        """A line with its end."""
        end = self.starts[number] if number < len(self.starts) else len(self._text)
        return self._text[self.starts[number - 1] : end]

    def of_byte(self, number: int, column_bytes: int) -> int:
        """The character at so many bytes of UTF-8 from the start of that line."""
        start = self.starts[number - 1]
        head = self._text[start : start + column_bytes]
        if head.isascii():
            return start + column_bytes
        return start + len(head.encode("utf-8", "surrogatepass")[:column_bytes].decode("utf-8"))

"""Owns paging: which slice of a list a page is, and its cursors; must not know what is paged.

A cursor is an offset, as GitHub's seem to be (github.com/cli/cli/issues/11703 shows `MQ`, the number 1): what
moves between two pages is read twice or not at all. Clients must not look into it.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.standin.problems import Problem


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Where a page lies in its list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Edge:
    """One row with its cursor."""

    cursor: str
    node: Any


@dataclass(frozen=True, slots=True)
class Connection:
    """One page of a list."""

    nodes: Sequence[Any]
    total_count: int
    page_info: PageInfo
    start: int

    @property
    def edges(self) -> list[Edge]:
        """Return the rows with their cursors."""
        return [Edge(cursor(self.start + n), node) for n, node in enumerate(self.nodes)]

    @property
    def filtered_count(self) -> int:
        """Return the count of a timeline."""
        return self.total_count


def cursor(index: int) -> str:
    """Return the cursor of the row at `index`, from 0."""
    return base64.b64encode(f"v2:{index + 1}".encode()).decode()


def _offset(text: str) -> int:
    try:
        return int(base64.b64decode(text, validate=True).decode().removeprefix("v2:"))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Problem("INVALID_CURSOR_ARGUMENTS", f"`{text}` does not appear to be a valid cursor.") from None


def page(
    rows: Sequence[Any],
    *,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Connection:
    """Return the page that the arguments ask for; the limits module has judged `first` and `last`."""
    total = len(rows)
    low = min(_offset(after), total) if after else 0
    high = min(_offset(before) - 1, total) if before else total
    if first is not None:
        high = min(high, low + first)
    elif last is not None:
        low = max(low, high - last)
    high = max(low, high)
    ends = (cursor(low), cursor(high - 1)) if high > low else (None, None)
    return Connection(rows[low:high], total, PageInfo(high < total, low > 0, *ends), low)

"""Owns the reading of a list of board items, the whole board or what a filter gives, and whether it adds up.

Must not know references or look-ups. A whole board is read side by side where the host can filter; an old host knows
items by position only, and there pages come one after the other. Cursors are opaque and may be offsets, so people who
work on the board can make items come twice or not at all: unique ids must equal `totalCount` on every page, and the
parts' sum the whole (design §8). What does not add up is read again, twice at most, then the reading ends with the
figures.

Items are kept in board order: by column, in the order of the Status field's options, from top to bottom, those
without a Status last. That is the one order that pages by column and pages by position have in common.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from roadmap_sync.board.filters import quoted, slug
from roadmap_sync.errors import GitHubError
from roadmap_sync.reading import answers
from roadmap_sync.reading.answers import Answer, Head, Row, Rows
from roadmap_sync.reading.documents import Page, Part, Path, Slice

#: How often a whole board is read again before the reading ends.
REREADS = 2
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")


@dataclass(slots=True)
class _Strip:
    """A run of items: a column, those without a Status, or all there are (`column` is then None).

    `is_two_ended` reads it from both ends, and `has_end` says that its end was asked for.
    """

    slice: Slice
    column: tuple[str | None] | None = None
    is_count: bool = False
    is_two_ended: bool = False
    has_end: bool = False
    rows: dict[str, Row] = field(default_factory=dict)
    tail: dict[str, Row] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    total: int | None = None
    waiting: int = 0
    outstanding: int = 0
    cursors: set[str] = field(default_factory=set)
    trouble: str = ""

    @property
    def seen(self) -> int:
        """Return how many different items came."""
        return len(self.ids)


class Scan:
    """The reading of one list of items; `number` tells a reading's lists apart, 0 is the whole board."""

    def __init__(self, board: Head, where: str, size: int, part: Slice, number: int = 0) -> None:
        self._board = board
        self._where = where
        self._slice = part
        self._can_part = False
        self._size = size
        self._number = number
        self._attempt = -1
        self._strips: list[_Strip] = []
        self.is_finished = False
        #: The items in board order once the reading is finished, those that this token may not see included.
        self.rows: tuple[Row, ...] = ()

    @classmethod
    def of_all(cls, board: Head, where: str, size: int, knows: frozenset[str]) -> "Scan":
        """Return the reading of a whole board on a host whose `items` takes these arguments."""
        scan = cls(board, where, size, Slice(archived="archivedStates" in knows))
        scan._can_part = "query" in knows and _can_filter(board)
        return scan

    @property
    def requests(self) -> int:
        """Return about how many requests it takes: each column may leave a page that is not full."""
        pages = -(-self._board.total // self._size)
        return pages + len(self._parted()) if self._is_worth_parting else pages

    @property
    def _is_worth_parting(self) -> bool:
        """Whether reading by column takes at most twice the requests of reading in series."""
        return self._can_part and self._board.total > self._size * len(self._parted())

    def start(self) -> list[Page]:
        """Begin a reading from the first page on, and return its first pages."""
        self._attempt += 1
        is_parted = self._is_worth_parting and self._attempt < REREADS
        self._strips = self._parted() if is_parted else [_Strip(self._slice, is_two_ended=bool(self._slice.query))]
        return [
            self._page(index, None, 1 if strip.is_count else self._size) for index, strip in enumerate(self._strips)
        ]

    def start_at_both_ends(self) -> list[Page]:
        """Begin a reading of what a filter gives with its first page and its last."""
        return [*self.start(), self._page(0, None, self._size, backward=True)]

    def _parted(self) -> list[_Strip]:
        name = slug(self._board.status_field)
        archived = self._slice.archived
        columns = [
            _Strip(Slice(f"{name}:{quoted(option)}", archived), (option,), is_two_ended=True)
            for option in self._board.options or ()
        ]
        rest = _Strip(Slice(f"no:{name}", archived), (None,), is_two_ended=True)
        return [*columns, rest, _Strip(self._slice, is_count=True)]

    def _page(self, index: int, cursor: str | None, first: int, *, backward: bool = False) -> Page:
        strip = self._strips[index]
        strip.waiting += 1
        strip.outstanding += first
        strip.has_end |= backward
        return Page(strip.slice, first, cursor, backward, self._number, self._attempt, index)

    def is_current(self, part: Part) -> bool:
        """Whether a part that is asked still serves the attempt under way."""
        return not isinstance(part, Page) or part.listing != self._number or part.attempt == self._attempt

    def shrink(self, part: Page, size: int) -> list[Part]:
        """Ask a page with at most `size` items instead, and all later ones too."""
        self._size = min(self._size, size)
        smaller = part.cut(size)
        self._strips[part.strip].outstanding -= part.first - smaller[0].first
        return [*smaller]

    def take(self, part: Page, answer: Answer, path: Path) -> list[Part]:
        """Take one page and return what must be asked next; raises GitHubError when nothing adds up."""
        strip = self._strips[part.strip]
        page = answers.rows(
            answer.at(path), self._board.id, answer.faults_at(path), drafts_are_private=not self._board.public
        )
        if page is None and part.again < REREADS:
            return [replace(part, again=part.again + 1)]
        strip.waiting -= 1
        strip.outstanding -= part.first
        more = self._judge(strip, part, page)
        if strip.trouble or not any(each.waiting for each in self._strips):
            return self._finish()
        return more

    def _judge(self, strip: _Strip, part: Page, page: Rows | None) -> list[Part]:
        if page is None:
            strip.trouble = "a page of it could not be understood"
        elif strip.total not in {None, page.total}:
            strip.trouble = f"its count went from {strip.total} to {page.total} while it was read"
        elif page.lost:
            strip.trouble = f"{page.lost} of its items came as null: this token may not see all of it"
        elif strip.is_count:
            strip.total = page.total
        else:
            strip.total = page.total
            self._add(strip, part, page)
            return self._next(strip, part, page)
        return []

    def _add(self, strip: _Strip, part: Page, page: Rows) -> None:
        for row in page.rows:
            answers.check_status(row.card, self._where)
            if strip.column and row.card.placement.status != strip.column[0]:
                strip.trouble = "its filter by Status gives items of another Status"
        came = {row.card.placement.item_id: row for row in page.rows}
        strip.ids |= came.keys()
        if part.backward:
            strip.tail = came | strip.tail
        else:
            strip.rows |= came

    def _next(self, strip: _Strip, part: Page, page: Rows) -> list[Part]:
        left = page.total - strip.seen - strip.outstanding
        cursor = page.before if part.backward else page.after
        if left <= 0 or cursor is None:
            is_all = len(page.rows) >= page.total or (not strip.tail and not strip.outstanding)
            if cursor is not None and is_all:
                strip.trouble = f"it says {page.total} items and has more"
            return []
        if not cursor or cursor in strip.cursors:
            strip.trouble = "a page of it names no place to go on from"
            return []
        strip.cursors.add(cursor)
        more: list[Part] = [self._page(part.strip, cursor, min(self._size, left), backward=part.backward)]
        left -= self._size
        if strip.is_two_ended and not strip.has_end and left > 0:
            more.append(self._page(part.strip, None, min(self._size, left), backward=True))
        return more

    def _finish(self) -> list[Part]:
        trouble = next((strip.trouble for strip in self._strips if strip.trouble), "") or self._sum_trouble()
        if not trouble:
            self.is_finished = True
            self.rows = self._in_order()
            return []
        if self._attempt >= REREADS:
            raise GitHubError(
                f"the board does not add up, read {self._attempt + 1} times: {trouble}",
                where=self._where,
                hint="Somebody may be working on the board; run again in a moment.",
            )
        return [*self.start()]

    def _sum_trouble(self) -> str:
        counted = [strip.total or 0 for strip in self._strips if strip.is_count]
        total = sum(strip.total or 0 for strip in self._strips if not strip.is_count)
        says = counted[0] if counted else total
        came = len(set().union(*(strip.ids for strip in self._strips)))
        if says == total == came:
            return ""
        by_column = f", its columns sum to {total}" if counted else ""
        return f"it says {says} items{by_column}, and {came} came"

    @property
    def seen(self) -> int:
        """Return how many items came so far."""
        return sum(strip.seen for strip in self._strips)

    @property
    def came(self) -> tuple[Row, ...]:
        """Return the items once the reading is finished; until then those that came so far, in no order."""
        return self.rows if self.is_finished else tuple(self._came())

    def _came(self) -> Iterator[Row]:
        for strip in self._strips:
            yield from (strip.rows | strip.tail).values()

    def _in_order(self) -> tuple[Row, ...]:
        columns = {option: index for index, option in enumerate(self._board.options or ())}
        last = len(columns)
        return tuple(sorted(self._came(), key=lambda row: columns.get(row.card.placement.status or "", last)))


def _can_filter(board: Head) -> bool:
    """Whether all columns can be named in a filter: the field by a plain name, each option in some quotes."""
    return bool(_PLAIN_NAME.fullmatch(board.status_field)) and all(map(quoted, board.options or ()))

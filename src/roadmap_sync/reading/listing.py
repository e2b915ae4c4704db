"""Owns the reading of a list of board items, the whole board or what a filter gives, and whether it adds up.

Must not know references or look-ups. A whole board is read side by side where the host can filter, a column of the
Status field at a time; an old host can only be read page after page. Cursors are opaque and may be offsets, so people
who work on the board can make items come twice or not at all. Therefore the unique ids must equal `totalCount` on every
page, and the columns' sum the whole (docs/design.md, Reading a whole board). What does not add up is read again, twice
at most; then the reading ends with the figures.

Items are kept in board order: by column, in the order of the Status field's options, from top to bottom, those
without a Status last. Pages by column and pages by position have that order in common.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from roadmap_sync.board.facts import slug
from roadmap_sync.board.filters import in_quotes
from roadmap_sync.errors import GitHubError
from roadmap_sync.reading.items import BoardRow, Head, ItemPage, check_status, with_privacy
from roadmap_sync.reading.parts import REREADS, Errand, Pages, Sizes, Slice, Stretch

_PLAIN_NAME = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")

#: What `Pages` tells.
PagesTold = list[tuple[Stretch, ItemPage | None]]


@dataclass(slots=True)
class _Column:
    """A part of the list: the items with one Status, those without a Status, or all there are.

    `status` is a tuple of the one Status, or of None; None itself for all. `is_count` asks for the number of items
    alone. `is_two_ended` reads the column from both ends, and `has_end` says that its end was asked for. `asked` holds
    the stretches under way, by what tells them apart, with their number of items.
    """

    slice: Slice
    status: tuple[str | None] | None = None
    is_count: bool = False
    is_two_ended: bool = False
    has_end: bool = False
    rows: dict[str, BoardRow] = field(default_factory=dict)
    tail: dict[str, BoardRow] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    total: int | None = None
    asked: dict[tuple[str | None, bool], int] = field(default_factory=dict)
    cursors: set[str] = field(default_factory=set)
    trouble: str = ""


class Listing:
    """The reading of one list of items. `is_finished` says that all came, and that it added up."""

    def __init__(self, board: Head, sizes: Sizes, part: Slice) -> None:
        self._board = board
        self._slice = part
        self._can_part = False
        self._sizes = sizes
        self._attempt = -1
        self._columns: list[_Column] = []
        self.is_finished = False
        #: The items in board order once the reading is finished, those that this token may not see included.
        self.rows: tuple[BoardRow, ...] = ()

    @classmethod
    def of_all(cls, board: Head, sizes: Sizes, arguments: frozenset[str]) -> "Listing":
        """Return the reading of a whole board on a host whose `items` takes these arguments."""
        listing = cls(board, sizes, Slice(archived="archivedStates" in arguments))
        # All columns can be named in a filter: the field by a plain name, each option in some quotes.
        can_filter = bool(_PLAIN_NAME.fullmatch(board.status_field)) and all(map(in_quotes, board.options or ()))
        listing._can_part = "query" in arguments and can_filter
        return listing

    @property
    def requests(self) -> int:
        """Return about how many requests it takes: each column may leave a page that is not full."""
        pages = -(-self._board.total // self._sizes.items)
        return pages + len(self._parted()) if self._is_worth_parting else pages

    @property
    def _is_worth_parting(self) -> bool:
        """Whether reading by column takes at most twice the requests of reading page after page."""
        return self._can_part and self._board.total > self._sizes.items * len(self._parted())

    def start(self) -> "list[Errand[PagesTold]]":
        """Begin a reading from the first page on, and return its first pages."""
        return self._errands(self._first())

    def start_with(self, first: ItemPage | None, last: ItemPage | None, size: int) -> "list[Errand[PagesTold]]":
        """Begin a reading whose first and last page, of so many items, came already; return what must be asked next."""
        self._begin()
        ends = [self._stretch(0, None, size), self._stretch(0, None, size, backward=True)]
        return self._take(self._attempt, list(zip(ends, (first, last), strict=True)))

    def _first(self) -> list[Stretch]:
        self._begin()
        size = self._sizes.items
        return [self._stretch(n, None, 1 if it.is_count else size) for n, it in enumerate(self._columns)]

    def _begin(self) -> None:
        self._attempt += 1
        is_parted = self._is_worth_parting and self._attempt < REREADS
        self._columns = self._parted() if is_parted else [_Column(self._slice, is_two_ended=bool(self._slice.query))]

    def _parted(self) -> list[_Column]:
        name = slug(self._board.status_field)
        archived = self._slice.archived
        columns = [
            _Column(Slice(f"{name}:{in_quotes(spelled)}", archived), (option,), is_two_ended=True)
            for option, spelled in zip(self._board.options or (), self._board.spelled, strict=True)
        ]
        rest = _Column(Slice(f"no:{name}", archived), (None,), is_two_ended=True)
        return [*columns, rest, _Column(self._slice, is_count=True)]

    def _stretch(self, index: int, cursor: str | None, first: int, *, backward: bool = False) -> Stretch:
        column = self._columns[index]
        column.asked[cursor, backward] = first
        column.has_end |= backward
        return Stretch(first, cursor, backward, index)

    def _errands(self, stretches: list[Stretch]) -> "list[Errand[PagesTold]]":
        """Return the documents that ask for pages: two of one filter go together, others side by side."""
        groups = [tuple(stretches)] if self._slice.query else [(stretch,) for stretch in stretches]
        parts = [Pages(self._columns[group[0].column].slice, group) for group in groups if group]
        take, is_due = partial(self._take, self._attempt), partial(self._is_due, self._attempt)
        return [Errand(part, take, is_due=is_due) for part in parts]

    def _is_due(self, attempt: int) -> bool:
        return attempt == self._attempt

    def _take(self, attempt: int, told: PagesTold) -> "list[Errand[PagesTold]]":
        """Take some pages and return what must be asked next; raises GitHubError when nothing adds up."""
        more: list[Stretch] = []
        for stretch, page in told:
            if not self._is_due(attempt):
                continue
            if page is None and stretch.again < REREADS:
                more.append(replace(stretch, again=stretch.again + 1))
                continue
            column = self._columns[stretch.column]
            del column.asked[stretch.cursor, stretch.backward]
            more += self._judge(column, stretch, page)
            if column.trouble or not any(each.asked for each in self._columns):
                more = self._finish()
        return self._errands(more)

    def _judge(self, column: _Column, stretch: Stretch, page: ItemPage | None) -> list[Stretch]:
        if page is None:
            column.trouble = "a page of it could not be understood"
        elif column.total not in {None, page.total}:
            column.trouble = f"its count went from {column.total} to {page.total} while it was read"
        elif page.lost:
            column.trouble = f"{page.lost} of its items came as null: this token may not see all of it"
        elif column.is_count:
            column.total = page.total
        else:
            column.total = page.total
            self._add(column, stretch, page)
            return self._next(column, stretch, page)
        return []

    def _add(self, column: _Column, stretch: Stretch, page: ItemPage) -> None:
        came: dict[str, BoardRow] = {}
        for row in page.rows:
            check_status(row.card)
            if column.status and row.card.placement.status != column.status[0]:
                column.trouble = "its filter by Status gives items of another Status"
            item = with_privacy(row.item, self._board) if row.item else None
            came[row.card.placement.item_id] = replace(row, item=item)
        column.ids |= came.keys()
        if stretch.backward:
            column.tail = came | column.tail
        else:
            column.rows |= came

    def _next(self, column: _Column, stretch: Stretch, page: ItemPage) -> list[Stretch]:
        outstanding = sum(column.asked.values())
        left = page.total - len(column.ids) - outstanding
        cursor = page.before if stretch.backward else page.after
        if left <= 0 or cursor is None:
            is_all = len(page.rows) >= page.total or (not column.tail and not outstanding)
            if cursor is not None and is_all:
                column.trouble = f"it says {page.total} items and has more"
            return []
        if not cursor or cursor in column.cursors:
            column.trouble = "a page of it has no cursor to go on from"
            return []
        column.cursors.add(cursor)
        size = self._sizes.items
        more = [self._stretch(stretch.column, cursor, min(size, left), backward=stretch.backward)]
        if column.is_two_ended and not column.has_end and left > size:
            more.append(self._stretch(stretch.column, None, min(size, left - size), backward=True))
        return more

    def _finish(self) -> list[Stretch]:
        trouble = next((each.trouble for each in self._columns if each.trouble), "") or _sum_trouble(self._columns)
        if not trouble:
            self.is_finished = True
            places = {option: index for index, option in enumerate(self._board.options or ())}
            self.rows = tuple(
                sorted(self.came, key=lambda row: places.get(row.card.placement.status or "", len(places)))
            )
            return []
        if self._attempt >= REREADS:
            raise GitHubError(
                f"the board's items did not add up in {self._attempt + 1} readings: {trouble}",
                hint="Somebody may be working on the board; run again in a moment.",
            )
        return self._first()

    @property
    def seen(self) -> int:
        """Return how many items came so far."""
        return sum(len(column.ids) for column in self._columns)

    @property
    def came(self) -> tuple[BoardRow, ...]:
        """Return the items once the reading is finished; until then those that came so far, in no order."""
        return self.rows or tuple(row for column in self._columns for row in (column.rows | column.tail).values())


def _sum_trouble(columns: Sequence[_Column]) -> str:
    """Return what does not add up between the columns and the whole; empty where all does."""
    counted = [each.total or 0 for each in columns if each.is_count]
    total = sum(each.total or 0 for each in columns if not each.is_count)
    says = counted[0] if counted else total
    came = len(set().union(*(each.ids for each in columns)))
    if says == total == came:
        return ""
    by_column = f", its columns sum to {total}" if counted else ""
    return f"it says {says} items{by_column}, and {came} came"

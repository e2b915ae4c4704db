"""Owns what a kind of change is asked and what it yields: Context, Change and Note, values with their reasons.

Must not order, guard or prove anything (plan.py does), and never writes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from roadmap_sync.board.model import Board
from roadmap_sync.page.history import History
from roadmap_sync.page.model import Edit, Effect, Page
from roadmap_sync.references import Reference, from_name, from_url
from roadmap_sync.rules import NOTE_LEVELS, Level


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do to the page, why, the edits that do it, and the effects that prove them.

    Lines and columns count from 1 in the page as it was. `before` and `after` are the changed line as it was
    and as it will be, without its line end (all lines of a strike, joined by a newline); a move's `after` is its new
    heading path, `under` the heading above. `after_line` is the line that new text goes after. `caused` is false where
    the change was due before what is looked at (a base revision). `identity` is (kind, item id, occurrence): what makes
    two plans' changes the same change.
    """

    kind: str
    line: int
    end_line: int
    area: str
    reference: Reference
    item_id: str
    title: str
    url: str
    status: str | None
    verdict: str
    rule: int
    because: str
    before: str
    after: str
    edits: tuple[Edit, ...]
    effects: tuple[Effect, ...] = ()
    column: int = 1
    occurrence: int = 1
    after_line: int | None = None
    under: str = ""
    caused: bool = True

    @property
    def identity(self) -> tuple[str, str, int]:
        """Return what makes a change of two plans the same change."""
        return (self.kind, self.item_id, self.occurrence)


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person may want to look at; never an edit, never an exit code. `line` 0: the whole page."""

    kind: str
    level: Level
    line: int
    message: str
    reference: Reference | None = None
    url: str = ""
    caused: bool = True

    @classmethod
    def of(cls, kind: str, line: int, message: str, reference: Reference | None = None, url: str = "") -> Self:
        """Return a note of the level that its kind has."""
        return cls(kind, NOTE_LEVELS[kind], line, message, reference, url)

    @property
    def identity(self) -> tuple[str, str, str]:
        """Return what makes notes of two plans the same note."""
        return (self.kind, self.reference.key if self.reference else "", self.message)


@dataclass(frozen=True, slots=True)
class Findings:
    """What one finder found on one page."""

    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()


#: Looks for one kind of change, or for several that belong together.
Finder = Callable[["Context"], Findings]


@dataclass(frozen=True, slots=True)
class Context:
    """What a finder may look at: the page, the board, what earlier versions of the page referred to.

    One finder may build on another (no line is added to a section that moves): `found` asks that one, whatever their
    order in the table, and each is asked once.
    """

    page: Page
    board: Board
    history: History = field(default_factory=History)
    _known: dict[Finder, Findings] = field(default_factory=dict, repr=False, compare=False)

    def found(self, find: Finder) -> Findings:
        """Return what a finder finds on this page."""
        if find not in self._known:
            self._known[find] = find(self)
        return self._known[find]


def mentions_of(page: Page) -> tuple[Reference, ...]:
    """Return what the page's text refers to, where it was gathered, and the issues that its areas stand for."""
    tracked = (from_config(area.tracking, page) for area in page.rules.areas)
    return (*page.mentions, *(one for one in tracked if one))


def from_config(name: str, page: Page) -> Reference | None:
    """Return the reference in a value of the config: a link, `owner/repo#N`, or `#N` in the page's repository."""
    return from_url(name, page.host) or from_name(name, page.rules.own_repository)

"""Owns the question to GitHub: which board, which references, what areas may add.

Must not know how it is asked.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from roadmap_sync.references import Reference
from roadmap_sync.rules import STATUS_FIELD

if TYPE_CHECKING:
    from roadmap_sync.board.filters import Filter


@dataclass(frozen=True, slots=True)
class BoardAddress:
    """Where a board lives, taken from its URL.

    `view` and `query` are what the URL adds (`/views/14`, `?query=`, `?filterQuery=`): they limit what
    areas may add, never what is looked up.
    """

    url: str
    host: str
    owner: str
    number: int
    view: int | None = None
    query: str = ""


#: For a snapshot that was written by hand and does not say whose board it is.
NOWHERE = BoardAddress(url="", host="github.com", owner="", number=0)


@dataclass(frozen=True, slots=True)
class AreaQuery:
    """What an area asks the board for: items that match a filter (or a view's), with one of these Statuses.

    `where` is the place that says so, for errors: `config.toml:31`.
    """

    filter: "Filter | None" = None
    view: int | None = None
    statuses: tuple[str, ...] = ()
    where: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, int | None, tuple[str, ...]]:
        """Return what a snapshot records of it: the filter as it was written, the view, the Statuses."""
        return (self.filter.text if self.filter else "", self.view, self.statuses)


@dataclass(frozen=True, slots=True)
class Question:
    """What the pages need to know of GitHub, and nothing more.

    `references` are unique by key, drafts included. `evidence` holds the keys of those under an open box, whose closing
    pull requests are asked as well. `repositories` are the pages' own (`owner/name`), whose
    visibility decides what may be printed. `areas` are what the areas may add (`Board.candidates`);
    `fields` names the board fields to read into the `facts.fields` of candidates and looked-up items (slots of the
    line template, text fields of the lifecycle). `labels` asks for those of looked-up issues. `whole` asks for
    every item of the board as well. `allow_private` keeps private items in a snapshot.
    """

    board: BoardAddress
    status_field: str = STATUS_FIELD
    references: tuple[Reference, ...] = ()
    evidence: frozenset[str] = frozenset()
    repositories: tuple[str, ...] = ()
    areas: tuple[AreaQuery, ...] = ()
    fields: tuple[str, ...] = ()
    labels: bool = False
    whole: bool = False
    allow_private: bool = False

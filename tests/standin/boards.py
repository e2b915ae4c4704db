"""Owns boards: their fields, options, views and cards in order; must not know repositories or tokens."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.standin.discussions import DAY, Content, Draft, Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tests.standin.world import Owner, Repository


class Card(Watched):
    """An item of a board. `values` holds what other fields than the Status say, by field name."""

    __slots__ = ("archived", "content", "number", "project", "redacted", "status", "updated_at", "values")

    def __init__(self, project: Project, number: int, content: Content, status: str | None) -> None:
        self.project = project
        self.number = number
        self.content = content
        self.status = status
        self.archived = False
        self.redacted = False
        self.updated_at = DAY
        self.values: Mapping[str, Any] | None = None

    @property
    def id(self) -> str:
        """Return the item's node id."""
        return f"PVTI_lA{self.project.serial:06d}{self.number:010d}"

    def value(self, name: str) -> Any:
        """Return what a field says of this card, None where it is empty."""
        return self.status if name == self.project.status.name else (self.values or {}).get(name)


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a single select field."""

    id: str
    name: str
    color: str = "GRAY"
    description: str = ""


class Field(Watched):
    """A field of a board. `kind` is GitHub's data type; `ISSUE_FIELD` is the organisation's own Status."""

    __slots__ = ("id", "kind", "name", "options")

    def __init__(self, identity: str, name: str, kind: str, options: Iterable[str] = ()) -> None:
        self.id = identity
        self.name = name
        self.kind = kind
        self.options: tuple[Option, ...] = ()
        self.offer(*options)

    def offer(self, *names: str) -> None:
        """Set the options by name; a name keeps its id."""
        self.options = tuple(Option(f"{zlib.crc32(f'{self.id}/{name}'.encode()):08x}", name) for name in names)


@dataclass(slots=True)
class View:
    """A saved view: all that is played of it is its filter."""

    number: int
    name: str
    filter: str = ""
    layout: str = "BOARD_LAYOUT"


class Project(Watched):
    """A board. Its cards stand in board order."""

    __slots__ = (
        "_by_number",
        "_cards",
        "_made",
        "closed",
        "fields",
        "number",
        "owner",
        "public",
        "serial",
        "status",
        "title",
        "updated_at",
        "views",
    )

    def __init__(self, owner: Owner, number: int, serial: int, statuses: Iterable[str]) -> None:
        self.owner = owner
        self.number = number
        self.serial = serial
        self.title = f"Board {number}"
        self.public = True
        self.closed = False
        self.updated_at = DAY
        self.status = Field(f"PVTSSF_lA{serial:06d}01", "Status", "SINGLE_SELECT", statuses)
        self.fields: tuple[Field, ...] = (Field(f"PVTF_lA{serial:06d}00", "Title", "TITLE"), self.status)
        self.views: tuple[View, ...] = ()
        self._cards: list[Card] = []
        self._by_number: dict[int, Card] = {}
        self._made = 0

    @property
    def id(self) -> str:
        """Return the project's node id."""
        return f"PVT_kw{self.serial:06d}"

    @property
    def url(self) -> str:
        """Return the page of the board."""
        return (
            f"https://github.com/{'users' if self.owner.is_user else 'orgs'}/{self.owner.login}/projects/{self.number}"
        )

    @property
    def cards(self) -> Sequence[Card]:
        """Return the cards in board order; change them by the methods below, not in place."""
        return self._cards

    def card(self, number: int) -> Card | None:
        """Return the card with this number in its id."""
        return self._by_number.get(number)

    def add_field(self, name: str, kind: str, options: Iterable[str] = ()) -> Field:
        """Add a field: `TEXT`, `NUMBER`, `DATE`, `ITERATION`, `SINGLE_SELECT`, `MULTI_SELECT`, `ISSUE_FIELD`."""
        prefix = "PVTSSF" if kind == "SINGLE_SELECT" else "PVTF"
        made = Field(f"{prefix}_lA{self.serial:06d}{len(self.fields):02d}", name, kind, options)
        self.fields += (made,)
        return made

    def add_view(self, number: int, filter_text: str, name: str = "") -> View:
        """Add a saved view with its filter."""
        made = View(number, name or f"View {number}", filter_text)
        self.views += (made,)
        return made

    def put(
        self,
        content: Content,
        status: str | None = None,
        *,
        archived: bool = False,
        redacted: bool = False,
        position: int | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> Card:
        """Put something on the board, at its end or at `position`; `values` by field name."""
        self._made += 1
        card = Card(self, self._made, content, status)
        if archived or redacted:
            card.archived, card.redacted = archived, redacted
        if values:
            card.values = dict(values)
        if isinstance(content, Draft):
            content.id = f"DI_lA{self.serial:06d}{self._made:010d}"
        content.cards += (card,)
        self._cards.insert(len(self._cards) if position is None else position, card)
        self._by_number[card.number] = card
        return card

    def draft(self, title: str, status: str | None = None, **options: Any) -> Card:
        """Put a draft on the board."""
        return self.put(Draft(title), status, **options)

    def fill(self, repository: Repository, count: int, status: Callable[[int], str | None], first: int = 1) -> None:
        """Put `count` issues of a repository on the board; `status` is asked with each number."""
        for number in range(first, first + count):
            self.put(repository.issue(number), status(number))

    def remove(self, card: Card) -> None:
        """Take a card off the board."""
        self._cards.remove(card)
        del self._by_number[card.number]
        card.content.cards = tuple(c for c in card.content.cards if c is not card)

    def move(self, card: Card, position: int) -> None:
        """Move a card to another place."""
        self._cards.remove(card)
        self._cards.insert(position, card)
        self.updated_at = DAY

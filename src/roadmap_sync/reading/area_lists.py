"""Owns what areas may add: which items of the board match their filters, judged by ourselves, with their facts.

Must not know pages or lines. GitHub ignores a qualifier that it does not know, so what its filter gives is judged here
again (docs/design.md, Filters are judged again); where the host cannot filter, the whole board is judged. An item
whose facts could not all be read is not offered, and one note counts such items.
"""

import functools
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from roadmap_sync.board import filters
from roadmap_sync.board.facts import Facts, slug
from roadmap_sync.board.filters import Filter, Iteration
from roadmap_sync.board.model import Item
from roadmap_sync.board.question import AreaQuery, Question
from roadmap_sync.errors import InputError, quoted
from roadmap_sync.reading.ask import Ask, BoardTold
from roadmap_sync.reading.facts import LISTED_FACTS, PLAIN_FACTS, BoardField, ContentKind
from roadmap_sync.reading.items import BoardRow, Head
from roadmap_sync.reading.listing import Listing
from roadmap_sync.reading.parts import SIDE_BY_SIDE, Details, Errand, Sizes, Slice, sliced

#: Fields that people make on a board and whose values can be read, by GraphQL data type; all else is GitHub's own
#: (https://docs.github.com/en/graphql/reference/enums#projectv2fieldtype).
_READABLE: Final = {"TEXT", "NUMBER", "DATE", "SINGLE_SELECT", "MULTI_SELECT", "ITERATION"}
_GITHUB_S_OWN: Final = {
    "TITLE", "ASSIGNEES", "LABELS", "LINKED_PULL_REQUESTS", "MILESTONE", "REPOSITORY", "REVIEWERS", "PARENT_ISSUE",
    "SUB_ISSUES_PROGRESS", "ISSUE_TYPE", "TRACKED_BY", "TRACKS", "CREATED", "UPDATED", "CLOSED",
}  # fmt: skip

#: Details of fewer items than this are not worth another document: each takes GitHub about a third of a second.
_FEWEST = 50


class CardFacts:
    """The facts of cards, read as the cards become known. `fields` are the board's fields to read with them."""

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._documents = 0
        self._asked: set[str] = set()
        self._told: dict[str, Facts | None] = {}
        self.fields: tuple[BoardField, ...] = ()
        self.listed = LISTED_FACTS

    def ask(self, cards: Mapping[str, ContentKind], *, is_last: bool) -> list[Errand[Any]]:
        """Return the questions for those cards (with their kind of content) that were not asked for yet.

        While more cards may come only full documents go out. The last ones are spread over what may go out beside
        them, since details are what GitHub takes longest for.
        """
        new = tuple(sorted((kind, card) for card, kind in cards.items() if card not in self._asked))
        size = self._sizes.details
        if is_last:
            free = min(SIDE_BY_SIDE - self._documents, -(-len(new) // _FEWEST))
            size = max(1, -(-len(new) // max(free, -(-len(new) // size), 1)))
        else:
            new = new[: len(new) // size * size]
        self._asked |= {card for _, card in new}
        parts = [Details(some, self.fields, self.listed) for some in sliced(new, size)]
        self._documents += len(parts)
        return [Errand(part, self._take, self._lose) for part in parts]

    def _take(self, told: dict[str, Facts | None]) -> tuple[()]:
        self._told |= told
        return ()

    def _lose(self, part: Details) -> None:
        self._told |= dict.fromkeys(card for _, card in part.things)

    def of(self, item: Item) -> Facts | None:
        """Return the facts of an item on the board; None where they were not asked, or could not all be read."""
        return self._told.get(item.placement.item_id) if item.placement else None

    def notes(self) -> Iterator[str]:
        """Yield one sentence where facts could not be read."""
        if lost := sum(facts is None for facts in self._told.values()):
            things = "1 item of the board" if lost == 1 else f"{lost} items of the board"
            yield f"labels, links or fields of {things} could not be read; they are left out"


class AreaLists:
    """The areas of one reading. `facts` holds what was read of their items."""

    def __init__(self, question: Question, sizes: Sizes, today: date) -> None:
        self._question = question
        self._sizes = sizes
        self._today = today
        self._limit = filters.board_limit(question) if question.areas else Filter()
        self._filters: dict[AreaQuery, Filter] = {}
        self._iterations: Mapping[str, Sequence[Iteration]] = {}
        self._lists: dict[AreaQuery, Listing] = {}
        self._offered: dict[str, ContentKind] | None = None
        self._unknown: frozenset[str] = frozenset()
        self.facts = CardFacts(sizes)

    @property
    def is_wanted(self) -> bool:
        """Whether areas or fields of the board are asked at all."""
        return bool(self._question.areas or self._question.fields)

    def ask(self, part: Ask) -> Ask:
        """Return the question for the board with what areas need of it; lists whose filters are known come with it."""
        if not self.is_wanted:
            return part
        views = {area.view for area in self._question.areas} | {self._question.board.view}
        return replace(
            part,
            host=part.host or bool(self._question.areas),
            lists=() if self._question.whole else tuple(self._early().values()),
            first=self._sizes.items,
            views=tuple(sorted(view for view in views if view is not None)) if self._question.areas else (),
            fields=True,
        )

    def _early(self) -> dict[AreaQuery, Slice]:
        """Return the lists that can be asked before any view is known."""
        if self._question.board.view is not None:
            return {}
        plain = [area for area in self._question.areas if area.view is None]
        queries = {area: self._filter(area, {}).joined(area.statuses) for area in plain}
        # What can be spelled in two ways waits for the board's own spelling.
        return {area: Slice(query) for area, query in queries.items() if unicodedata.is_normalized("NFD", query)}

    def _filter(self, area: AreaQuery, views: Mapping[int, Filter]) -> Filter:
        own = area.filter if area.view is None else views[area.view]
        board = self._question.board.view
        limits = (own, self._limit, views[board] if board is not None else None)
        everything = Filter(status=slug(self._question.status_field))
        return functools.reduce(Filter.limited_by, (one for one in limits if one), everything)

    def take_board(self, told: BoardTold) -> bool:
        """Take the board's fields and views; whether they were understood. Raises InputError for what is not there."""
        if not self.is_wanted:
            return True
        if told.fields is None:
            return False
        views = {number: self._of_view(number, text) for number, text in told.views.items()}
        own = {each.slug: each for each in told.fields if each.kind not in _GITHUB_S_OWN}
        own.pop(slug(self._question.status_field), None)
        self._iterations = {name: one.iterations for name, one in own.items() if one.iterations}
        for area in self._question.areas:
            self._filters[area] = self._filter(area, views)
            self._filters[area].check({name: each.kind.lower() for name, each in own.items()})
        asked = frozenset().union(*(each.facts for each in self._filters.values()))
        is_plain = self._question.whole or filters.facts_of(self._question) is None
        self.facts.listed = LISTED_FACTS & (asked | PLAIN_FACTS if is_plain else asked)
        self.facts.fields = tuple(own[name] for name in self._wanted(own))
        return True

    def _of_view(self, number: int, text: str | None) -> Filter:
        where = next((area.where for area in self._question.areas if area.view == number), "")
        if text is None:
            raise InputError(f"the board has no view {number}", where=where, hint="A view's number ends its URL.")
        status_field = self._question.status_field
        return filters.parse(text, where=where or self._question.board.url, status_field=status_field)

    def _wanted(self, own: Mapping[str, BoardField]) -> list[str]:
        """Return the slugs of the fields to read: those that filters and lines name, all texts for free text."""
        for name in self._question.fields:
            if slug(name) not in own:
                there = quoted(each.name for each in own.values()) or "none of its own"
                hint = f"It has {there}. A line may also hold title, url, number, repository and status."
                raise InputError(f'the board has no field "{name}"', hint=hint)
        named = {slug(name) for name in self._question.fields}
        for each in self._filters.values():
            named |= each.slugs & own.keys()
            named |= {name for name, one in own.items() if each.has_free_text and one.kind == "TEXT"}
        return sorted(name for name in named if own[name].kind in _READABLE)

    def start(self, board: Head, told: BoardTold, size: int) -> list[Errand[Any]]:
        """Begin the lists of all areas on a host that filters; their two ends, of so many items, may have come."""
        early = dict(zip(self._early(), told.lists, strict=False))
        errands: list[Errand[Any]] = []
        for area in self._question.areas:
            query = self._filters[area].joined(area.statuses, board.spellings)
            listing = self._lists[area] = Listing(board, self._sizes, Slice(query))
            errands += listing.start_with(*early[area], size) if area in early else listing.start()
        return errands

    def forget(self, unknown: frozenset[str]) -> None:
        """Take note of facts that this host cannot tell: no area is judged by them."""
        self._unknown |= unknown

    @property
    def _is_listed(self) -> bool:
        """Whether all lists that were begun are read."""
        return all(listing.is_finished for listing in self._lists.values())

    def _rows(self, area: AreaQuery, whole: Listing | None) -> Iterable[BoardRow]:
        """Return the rows that an area may be about: of its own list, or of the whole board."""
        listing = self._lists.get(area) or whole
        rows = listing.came if listing else ()
        return (row for row in rows if row.card.placement.status in area.statuses and not row.card.placement.archived)

    def next_errands(self, whole: Listing | None, looked_up: Iterable[Item]) -> list[Errand[Any]]:
        """Return what must be asked of the items that areas may be about, and of the cards of what was looked up."""
        cards = self._offered
        if cards is None:
            rows = [row for area in self._question.areas for row in self._rows(area, whole)]
            cards = {row.card.placement.item_id: row.item.kind for row in rows if row.item}
            self._offered = cards if self._is_listed else None
        if self._question.fields and self._is_listed:
            alone: dict[str, ContentKind] = {it.placement.item_id: "card" for it in looked_up if it.placement}
            cards = alone | cards
        return self.facts.ask(cards, is_last=self._is_listed)

    def candidates(self, whole: Listing | None) -> dict[AreaQuery, tuple[Item, ...]]:
        """Return for each area what matches its filter, in board order."""
        return {area: tuple(self._matching(area, whole)) for area in self._question.areas}

    def _matching(self, area: AreaQuery, whole: Listing | None) -> Iterator[Item]:
        judged = self._filters[area]
        for row in self._rows(area, whole):
            facts = self.facts.of(row.item) if row.item and not judged.facts & self._unknown else None
            if row.item and facts:
                item = replace(row.item, facts=facts)
                if judged.matches(item, today=self._today, iterations=self._iterations):
                    yield item

    def with_fields(self, item: Item) -> Item:
        """Return a looked-up item with the fields that the question names, where they could be read."""
        facts = self.facts.of(item) if self._question.fields else None
        return replace(item, facts=facts.of_fields(self._question.fields)) if facts else item

    def notes(self) -> Iterator[str]:
        """Yield one sentence for each kind of fact that was dropped."""
        yield from self.facts.notes()
        asked = {fact for judged in self._filters.values() for fact in judged.facts & self._unknown}
        if asked:
            names = ", ".join(name.replace("_", " ") for name in sorted(asked))
            yield f"this host does not tell the {names} that a filter asks for, so nothing is added there"

"""Owns what areas may add: which items of the board match their filters, judged by ourselves, with their facts.

Must not know pages or lines. GitHub passes over a qualifier that it does not know, so what its filter gives is
judged again (design §8); where the host cannot filter, the whole board is judged. Details that failed or were cut
are no facts: such an item is not offered, and one folded note says so.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from roadmap_sync.board import filters
from roadmap_sync.board.filters import Filter, Iteration, slug
from roadmap_sync.board.model import Facts, FieldValue, Item
from roadmap_sync.board.question import AreaQuery, Question
from roadmap_sync.errors import InputError
from roadmap_sync.reading import facts as details
from roadmap_sync.reading.answers import Answer, Head, Row
from roadmap_sync.reading.documents import (
    LISTED_FACTS,
    SIDE_BY_SIDE,
    Ask,
    Details,
    Ends,
    Field,
    Page,
    Part,
    Path,
    Request,
    Slice,
)
from roadmap_sync.reading.facts import BoardField
from roadmap_sync.reading.listing import Scan

#: What people can make on a board, by GraphQL data type; all else is GitHub's own
#: (https://docs.github.com/en/graphql/reference/enums#projectv2fieldtype).
_KINDS: Final = {"TEXT", "NUMBER", "DATE", "SINGLE_SELECT", "MULTI_SELECT", "ITERATION"}
_GITHUB_S_OWN: Final = {
    "TITLE", "ASSIGNEES", "LABELS", "LINKED_PULL_REQUESTS", "MILESTONE", "REPOSITORY", "REVIEWERS", "PARENT_ISSUE",
    "SUB_ISSUES_PROGRESS", "ISSUE_TYPE", "TRACKED_BY", "TRACKS", "CREATED", "UPDATED", "CLOSED",
}  # fmt: skip

#: Details of fewer items than this are not worth a document more: each takes GitHub about a third of a second.
_FEWEST = 50


class Areas:
    """The areas of one reading. `is_wanted` says whether there is anything to read for them."""

    def __init__(self, question: Question, today: date) -> None:
        self._question = question
        self._where = question.board.url
        self._today = today
        self._limit = filters.board_limit(question) if question.areas else Filter()
        self._filters: dict[AreaQuery, Filter] = {}
        self._fields: tuple[Field, ...] = ()
        self._iterations: Mapping[str, Sequence[Iteration]] = {}
        self._lists: dict[AreaQuery, Scan] = {}
        self._offered: dict[str, str] | None = None
        self._documents = 0
        self._listed = LISTED_FACTS
        self._asked: set[str] = set()
        self._facts: dict[str, Facts | None] = {}

    @property
    def is_wanted(self) -> bool:
        """Whether areas or fields of the board are asked at all."""
        return bool(self._question.areas or self._question.fields)

    def ask(self, part: Ask, first: int) -> Ask:
        """Return the question for the board with what areas need of it; lists whose filters are known come with it."""
        if not self.is_wanted:
            return part
        lists = () if self._question.whole else tuple(self._early().values())
        return replace(
            part,
            host=part.host or bool(self._question.areas),
            lists=lists,
            first=first,
            views=self._views(),
            fields=True,
        )

    def _views(self) -> tuple[int, ...]:
        asked = {area.view for area in self._question.areas} | {self._question.board.view}
        return tuple(sorted(view for view in asked if view is not None)) if self._question.areas else ()

    def _early(self) -> dict[AreaQuery, Slice]:
        """Return the lists that need no view to be known."""
        if self._question.board.view is not None:
            return {}
        plain = [area for area in self._question.areas if area.view is None]
        return {area: Slice(self._filter(area, {}).joined(area.statuses)) for area in plain}

    def _filter(self, area: AreaQuery, views: Mapping[int, Filter]) -> Filter:
        own = area.filter if area.view is None else views[area.view]
        board = self._question.board.view
        limits = (own, self._limit, views[board] if board is not None else None)
        everything = Filter(status=slug(self._question.status_field))
        return functools.reduce(Filter.limited_by, (one for one in limits if one), everything)

    def take_head(self, answer: Answer, project: Path) -> bool:
        """Take the board's fields and views; whether they were understood. Raises InputError for what is not there."""
        if not self.is_wanted:
            return True
        fields = details.board_fields(answer.at((*project, "fields")))
        if fields is None:
            return False
        views = {number: details.view_filter(answer.at((*project, f"v{number}"))) for number in self._views()}
        self._take_fields(fields, {number: self._of_view(number, text) for number, text in views.items()})
        return True

    def _of_view(self, number: int, text: str | None) -> Filter:
        where = next((area.where for area in self._question.areas if area.view == number), "") or self._where
        if text is None:
            raise InputError(f"the board has no view {number}", where=where, hint="A view's number ends its URL.")
        return filters.parse(text, where=where, status_field=self._question.status_field)

    def _take_fields(self, known: Sequence[BoardField], views: Mapping[int, Filter]) -> None:
        own = {slug(each.name): each for each in known if each.kind not in _GITHUB_S_OWN}
        own.pop(slug(self._question.status_field), None)
        kinds = {name: each.kind.lower() for name, each in own.items()}
        self._iterations = {
            name: tuple(Iteration(*each) for each in one.iterations) for name, one in own.items() if one.iterations
        }
        for area in self._question.areas:
            self._filters[area] = self._filter(area, views)
            self._filters[area].check(kinds)
        self._listed = self._wanted_lists()
        self._fields = tuple(Field(own[name].name, own[name].kind, name) for name in self._wanted(own))

    def _wanted(self, own: Mapping[str, BoardField]) -> tuple[str, ...]:
        """Return the slugs of the fields to read: those that filters and lines name, all texts for free text."""
        for name in self._question.fields:
            if slug(name) not in own:
                there = ", ".join(f'"{each.name}"' for each in own.values()) or "none of its own"
                hint = f"It has {there}. A line may also hold title, url, number, repository and status."
                raise InputError(f'the board has no field "{name}"', where=self._where, hint=hint)
        named = {slug(name) for name in self._question.fields}
        for each in self._filters.values():
            named |= each.slugs & own.keys()
            named |= {name for name, one in own.items() if each.has_free_text and one.kind == "TEXT"}
        return tuple(sorted(name for name in named if own[name].kind in _KINDS))

    def start(self, board: Head, size: int, answer: Answer, project: Path) -> list[Part]:
        """Begin the lists of all areas on a host that filters; their two ends may have come with the board."""
        early = list(self._early())
        parts: list[Part] = []
        for number, area in enumerate(self._question.areas, 1):
            query = self._filters[area].joined(area.statuses)
            scan = self._lists[area] = Scan(board, self._where, size, Slice(query), number)
            if area in early:
                places = [(*project, f"{end}{early.index(area)}") for end in "az"]
                parts += self._taken(zip(scan.start_at_both_ends(), places, strict=True), answer)
            else:
                parts += scan.start()
        return parts

    def take_ends(self, part: Ends, answer: Answer, project: Path) -> list[Part]:
        """Take what came at the two ends of a list; return what must be asked next."""
        return self._taken([(page, (*project, f"p{index}")) for index, page in enumerate(part.pages)], answer)

    def _taken(self, pages: Iterable[tuple[Page, Path]], answer: Answer) -> list[Part]:
        more: list[Part] = []
        for page, path in pages:
            scan = self.scan_of(page)
            if scan.is_current(page):
                more += scan.take(page, answer, path)
        return self.joined([page for page in more if isinstance(page, Page)])

    def joined(self, pages: Sequence[Page]) -> list[Part]:
        """Return the documents for pages of one list: those of a reading that was given up are left out."""
        current = tuple(page for page in pages if self.scan_of(page).is_current(page))
        return [Ends(current)] if len(current) > 1 else [*current]

    def scan_of(self, part: Page) -> Scan:
        """Return the list that a page belongs to."""
        return self._lists[self._question.areas[part.listing - 1]]

    @property
    def is_listed(self) -> bool:
        """Whether all lists that were begun are read."""
        return all(scan.is_finished for scan in self._lists.values())

    def _rows(self, area: AreaQuery, whole: Scan | None) -> Iterable[Row]:
        """Return the rows that an area may be about: of its own list, or of the whole board."""
        scan = self._lists.get(area) or whole
        rows = scan.came if scan else ()
        return (row for row in rows if row.card.placement.status in area.statuses and not row.card.placement.archived)

    def next_parts(self, whole: Scan | None, told: Iterable[Item], size: int) -> list[Part]:
        """Return what must be asked of the items that areas may be about, and of the cards of what was looked up.

        A document asks for at most `size`. While lists are still read only full ones go out; the rest is then spread
        over what may go out beside them, since details are what GitHub takes longest for.
        """
        cards = self._offer(whole)
        if self._question.fields and self.is_listed:
            cards = {item.placement.item_id: "card" for item in told if item.placement} | cards
        new = sorted((kind, card) for card, kind in cards.items() if card not in self._asked)
        if self.is_listed:
            free = min(SIDE_BY_SIDE - self._documents, -(-len(new) // _FEWEST))
            size = max(1, -(-len(new) // max(free, -(-len(new) // size), 1)))
        else:
            del new[len(new) // size * size :]
        self._asked |= {card for _, card in new}
        parts = Details(tuple(new), self._fields, self._listed).cut(size)
        self._documents += len(parts)
        return [*parts]

    def _wanted_lists(self) -> frozenset[str]:
        """Return the listed facts to ask for: those that some filter needs, and all where everything is asked."""
        question = self._question
        asked = None if question.whole else filters.facts_of(question)
        return LISTED_FACTS if asked is None else LISTED_FACTS & asked

    def _offer(self, whole: Scan | None) -> dict[str, str]:
        """Return the kind of each item that came and that an area may be about, by its card."""
        if self._offered is not None:
            return self._offered
        rows = [row for area in self._question.areas for row in self._rows(area, whole) if row.item]
        offered: dict[str, str] = {row.card.placement.item_id: row.item.kind for row in rows if row.item}
        if self.is_listed:
            self._offered = offered
        return offered

    def take_details(self, request: Request, answer: Answer | None) -> None:
        """Take the facts of some cards; what failed or is not whole is no fact."""
        for path, card in request.places.items():
            self._facts[card] = self._read(path, card, answer) if answer else None

    def _read(self, path: Path, card: str, answer: Answer) -> Facts | None:
        if answer.faults_at(path) or answer.at((*path, "id")) != card:
            return None
        has_people = "assignees" in self._listed
        is_card = str(path[0]).startswith("cards")
        facts = Facts() if is_card else details.facts(answer.at((*path, "content")), has_people=has_people)
        values: dict[str, FieldValue] = {}
        for index, field in enumerate(self._fields):
            raw = answer.at((*path, f"f{index}"))
            value = details.field_value(raw) if raw is not None else None
            if raw is not None and value is None:
                return None
            if value:
                values[field.slug] = value
        return replace(facts, fields=values) if facts else None

    def candidates(self, whole: Scan | None) -> dict[AreaQuery, tuple[Item, ...]]:
        """Return for each area what matches its filter, in board order."""
        return {area: tuple(self._matching(area, whole)) for area in self._question.areas}

    def _matching(self, area: AreaQuery, whole: Scan | None) -> Iterable[Item]:
        for row in self._rows(area, whole):
            facts = self._facts.get(row.card.placement.item_id)
            if row.item and facts:
                item = replace(row.item, facts=facts)
                if self._filters[area].matches(item, today=self._today, iterations=self._iterations):
                    yield item

    def with_fields(self, item: Item) -> Item:
        """Return a looked-up item with the fields that the question names, where they could be read."""
        facts = self._facts.get(item.placement.item_id) if item.placement else None
        if not self._question.fields or facts is None:
            return item
        named = {slug(name) for name in self._question.fields}
        return replace(item, facts=Facts(fields={name: v for name, v in facts.fields.items() if name in named}))

    def notes(self) -> tuple[str, ...]:
        """Return one folded sentence where details were dropped."""
        lost = sum(facts is None for facts in self._facts.values())
        things = "1 item of the board" if lost == 1 else f"{lost} items of the board"
        return (f"labels, links or fields of {things} could not be read, so nothing is made of them",) if lost else ()

"""Owns the parts of a reading: what each asks of GitHub, and what it reads in its answer.

A part composes its own text and reads its own answer, so that the names it gives to things in a document are known
here only. Must not know when to ask what, or what follows from an answer. The question for the board and the look-ups
has a file of its own: `ask.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

from roadmap_sync.board.facts import Facts, FieldValue
from roadmap_sync.board.model import ClosingPull, Item
from roadmap_sync.errors import GitHubError
from roadmap_sync.inert import excerpt
from roadmap_sync.reading import facts, items
from roadmap_sync.reading.answers import Answer, Fault, Path
from roadmap_sync.reading.documents import BOARD, Document
from roadmap_sync.reading.facts import LISTED_FACTS, BoardField, ContentKind
from roadmap_sync.reading.items import CardList, ItemPage, RepositoryFacts

#: How often a part is asked again, because its answer was of no use, before the reading does without or ends.
REREADS = 2
#: So many documents may go out side by side without anything being asked for more than the pages need.
SIDE_BY_SIDE = 4
#: `first` of the rest of a list of boards, and of an issue's closing pull requests, as in `queries/`.
_MORE_BOARDS, CLOSING, _FIELDS = 100, 20, 100
#: `nodes(ids:)` takes so many (https://docs.github.com/en/graphql/reference/queries#nodes).
_IDS = 100

#: What a part reads in its answer.
Told = TypeVar("Told")
Thing = TypeVar("Thing")
#: The sizes by name.
Limit = Literal["look_ups", "items", "details"]


@dataclass(slots=True)
class Sizes:
    """How many look-ups, board items, and items' details one document asks for.

    They are halved when a document was too heavy for GitHub, and kept for the run.
    """

    look_ups: int = 50
    items: int = 100
    details: int = 200

    def lower(self, limit: Limit, size: int) -> None:
        """Lower one of them to half of a size that was too heavy."""
        setattr(self, limit, min(getattr(self, limit), max(1, size // 2)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(ABC, Generic[Told]):
    """Something to ask in one document. `again` counts how often it was asked before; `limit` is the size it has."""

    limit: ClassVar[Limit] = "look_ups"
    again: int = 0

    @property
    def size(self) -> int:
        """Return how many things it asks for."""
        return 1

    @property
    def can_halve(self) -> bool:
        """Whether it can be asked in smaller parts."""
        return self.size > 1

    @abstractmethod
    def compose(self, document: Document) -> None:
        """Write what is asked into a document."""

    @abstractmethod
    def read(self, answer: Answer) -> Told:
        """Return what the answer says."""

    def cut(self, sizes: Sizes) -> "Sequence[Part[Told]]":  # noqa: ARG002 - what cannot be cut has no use for sizes
        """Return the same question in parts that are no larger than the sizes."""
        return [self]

    def shrink(self, sizes: Sizes) -> None:
        """Lower the size of such parts to half of this one, which was too heavy."""
        sizes.lower(self.limit, self.size)

    def once_more(self) -> Self:
        """Return the question for another try."""
        return replace(self, again=self.again + 1)

    def useless(self, answer: Answer) -> Fault | None:  # noqa: ARG002 - most parts can use whatever came
        """Return the first fault that makes the whole answer useless; None where there is none."""
        return None

    def plainer(self) -> "Part[Told] | None":
        """Return the question without what an old host may not know; None where there is nothing to leave out."""
        return None


@dataclass(frozen=True, slots=True)
class Many(Part[Told], Generic[Told, Thing]):
    """Something to ask about each of some things, of which a document takes as many as its size says."""

    things: tuple[Thing, ...]

    @property
    def size(self) -> int:
        """Return the number of things."""
        return len(self.things)

    def cut(self, sizes: Sizes) -> Sequence[Self]:
        """Return the same question in parts of at most so many things."""
        return [replace(self, things=some) for some in sliced(self.things, getattr(sizes, self.limit))]


def useless_fault(
    answer: Answer, tops: Iterable[str], is_whole: Callable[[Path], bool] = lambda _: False
) -> Fault | None:
    """Return the first fault that makes an answer useless.

    It is at none of the places at the top of the answer, nor at the board; or it takes the whole of a thing there, as
    `is_whole` says of its path, and is no refusal.
    """
    known = {*tops}
    foreign = (fault for fault in answer.faults if not fault.path or fault.path[0] not in known | {BOARD[0]})
    below = (fault for fault in answer.faults if fault.path and fault.path[0] in known)
    return next(foreign, None) or next((f for f in below if not f.is_refusal and is_whole(f.path)), None)


def unusable(what: str, answer: Answer, hint: str = "") -> GitHubError:
    """Return the error for an answer that ends the reading."""
    return GitHubError(f"{what} (request {answer.request_id})" if answer.request_id else what, hint=hint)


@dataclass(frozen=True, slots=True, eq=False)
class Errand(Generic[Told]):
    """A part to ask, and what is done with what it tells.

    `take` gets what the part read, and returns what must be asked next. `lose` is called with the part where no answer
    could be used; without it the reading ends there. `is_due` says whether anybody still waits for the answer.
    """

    part: Part[Told]
    take: "Callable[[Told], Iterable[Errand[Any]]]"
    lose: Callable[[Any], None] | None = None
    is_due: Callable[[], bool] = lambda: True

    def answered(self, answer: Answer) -> "Iterable[Errand[Any]]":
        """Let the answer be read and taken; return what must be asked next.

        An answer that is of no use is asked for again, twice at most. Raises GitHubError where the reading ends there.
        """
        fault = self.part.useless(answer)
        if fault is None:
            return self.take(self.part.read(answer))
        if self.part.again < REREADS:
            return [replace(self, part=self.part.once_more())]
        if self.lose is None:
            raise unusable(f"GitHub answered with an error: {excerpt(fault.message)}", answer)
        self.lose(self.part)
        return []

    def cut(self, sizes: Sizes) -> "list[Errand[Told]]":
        """Return the errand in parts that are no larger than the sizes."""
        return [replace(self, part=piece) for piece in self.part.cut(sizes)]


@dataclass(frozen=True, slots=True)
class Boards(Many[dict[str, tuple[Item, CardList] | None], tuple[str, str, str, RepositoryFacts]]):
    """The rest of some lists of boards: (reference key, node id, cursor, the item's repository) each.

    The item itself is asked again, so that its state and its Status are of one moment. What failed is None.
    """

    def compose(self, document: Document) -> None:
        """Ask each item, by its node id, for its list from the cursor on."""
        document.declare_status()
        for number, (_, node, cursor, _) in enumerate(self.things):
            document.declare(f"i{number}", "ID!", node)
            document.declare(f"a{number}", "String!", cursor)
            more = f"projectItems(first: {_MORE_BOARDS}, after: $a{number}, includeArchived: true) {{ ...Cards }}"
            kinds = f"... on Issue {{ ...IssueFacts {more} }} ... on PullRequest {{ ...PullRequestFacts {more} }}"
            document.select(f"b{number}: node(id: $i{number}) {{ __typename {kinds} }}")
            document.count(2, 2 * _MORE_BOARDS)

    def useless(self, answer: Answer) -> Fault | None:
        """Return a fault outside the items, or one that takes a whole item and is no refusal."""
        return useless_fault(answer, (f"b{number}" for number in range(self.size)), lambda path: len(path) == 1)

    def read(self, answer: Answer) -> dict[str, tuple[Item, CardList] | None]:
        """Return each item by its reference key, and the cards that came."""
        told: dict[str, tuple[Item, CardList] | None] = {}
        for number, (key, node, _, home) in enumerate(self.things):
            path: Path = (f"b{number}",)
            boards: Path = (*path, "projectItems")
            item, below = items.item(answer.at(path), home), answer.faults_at(boards)
            told[key] = None
            if isinstance(item, Item) and item.id == node and len(below) == len(answer.faults_at(path)):
                told[key] = (item, items.card_list(answer.at(boards), below))
        return told


@dataclass(frozen=True, slots=True)
class Closing(Many[dict[str, tuple[ClosingPull, ...] | None], str]):
    """The pull requests that close some issues, by node id. They are None where not all of them came."""

    def compose(self, document: Document) -> None:
        """Ask each issue for the pull requests that close it."""
        document.declare("ids", "[ID!]!", [*self.things])
        document.select("nodes(ids: $ids) { ... on Issue { id ...Closers } }")
        document.count(self.size, self.size * CLOSING)

    def useless(self, answer: Answer) -> Fault | None:
        """Return a fault that is at none of the issues."""
        return useless_fault(answer, ["nodes"])

    def read(self, answer: Answer) -> dict[str, tuple[ClosingPull, ...] | None]:
        """Return the pull requests by the issue's node id."""
        told = {}
        for index, node in enumerate(self.things):
            path: Path = ("nodes", index)
            is_other = bool(answer.faults_at(path)) or answer.at((*path, "id")) != node
            told[node] = None if is_other else items.closing_pulls(answer.at((*path, items.CLOSERS)))
        return told


@dataclass(frozen=True, slots=True)
class Fields(Part["tuple[tuple[str, bool], ...]"]):
    """The names of the board's fields, asked when the Status field is not what it should be."""

    def compose(self, document: Document) -> None:
        """Ask the board for its fields."""
        document.select_of_board("...BoardFields", _FIELDS)

    def read(self, answer: Answer) -> tuple[tuple[str, bool], ...]:
        """Return the fields' names; True beside a single select."""
        return items.field_names(answer.at((*BOARD, "fields")))


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of a board's items: `query` is a filter in GitHub's syntax, empty for all.

    `archived` asks for archived items too, on hosts that can be asked for them.
    """

    query: str = ""
    archived: bool = False

    def arguments(self, document: Document, variable: str) -> str:
        """Return the arguments of `items` that choose the slice; the filter travels in the variable."""
        arguments = ["orderBy: {field: POSITION, direction: ASC}"]
        if self.query:
            document.declare(variable, "String!", self.query)
            arguments.append(f"query: ${variable}")
        if self.archived:
            arguments.append("archivedStates: [ARCHIVED, NOT_ARCHIVED]")
        return ", ".join(arguments)


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many items of a list after a cursor, or, `backward`, before it; without a cursor from the list's end.

    `column` numbers the part of the board that it belongs to, and `again` counts how often it was asked before.
    """

    first: int
    cursor: str | None = None
    backward: bool = False
    column: int = 0
    again: int = 0


@dataclass(frozen=True, slots=True)
class Pages(Part["list[tuple[Stretch, ItemPage | None]]"]):
    """Pages of one list of items in one document: one page, or what goes on at the list's two ends."""

    limit: ClassVar[Limit] = "items"
    slice: Slice
    stretches: tuple[Stretch, ...]

    @property
    def size(self) -> int:
        """Return the number of items."""
        return sum(stretch.first for stretch in self.stretches)

    def cut(self, sizes: Sizes) -> Sequence[Self]:
        """Return shorter pages from the same places, each in its own document; the next one follows from its answer."""
        if all(stretch.first <= sizes.items for stretch in self.stretches):
            return [self]
        short = [replace(stretch, first=min(sizes.items, stretch.first)) for stretch in self.stretches]
        return [replace(self, stretches=(stretch,)) for stretch in short]

    def compose(self, document: Document) -> None:
        """Ask the board for its items at each place."""
        document.declare_status()
        arguments = self.slice.arguments(document, "query")
        selections = ["id"]
        for index, stretch in enumerate(self.stretches):
            document.declare(f"n{index}", "Int!", stretch.first)
            document.declare(f"c{index}", "String", stretch.cursor)
            first, after = ("last", "before") if stretch.backward else ("first", "after")
            place = f"{first}: $n{index}, {after}: $c{index}"
            selections.append(f"p{index}: items({place}, {arguments}) {{ ...Items }}")
        document.count(len(self.stretches) - 1, 0)
        document.count_issues(self.size)
        document.select_of_board(" ".join(selections), self.size)

    def read(self, answer: Answer) -> list[tuple[Stretch, ItemPage | None]]:
        """Return what came at each place; None where it was not understood."""
        paths: list[Path] = [(*BOARD, f"p{index}") for index in range(len(self.stretches))]
        pages = (items.page(answer.at(path), answer.faults_at(path)) for path in paths)
        return list(zip(self.stretches, pages, strict=True))


@dataclass(frozen=True, slots=True)
class Details(Many[dict[str, Facts | None], tuple[ContentKind, str]]):
    """What filters and added lines ask of some cards: (kind of content, card id) each, and these fields.

    The kind `card` asks for the fields alone. Of `LISTED_FACTS` only those of `listed` are asked. A card of which not
    all came has None.
    """

    limit: ClassVar[Limit] = "details"
    fields: tuple[BoardField, ...] = ()
    listed: frozenset[str] = LISTED_FACTS

    def compose(self, document: Document) -> None:
        """Ask the cards, in lists of one kind each, for their content and their fields."""
        multi = [" ...MultiValue" if field.kind == "MULTI_SELECT" else "" for field in self.fields]
        values = [f"f{n}: fieldValueByName(name: $f{n}) {{ ...FieldValue{more} }}" for n, more in enumerate(multi)]
        for name, kind, ids in self._lists():
            content, connections, nodes = facts.selection(kind, self.listed)
            selection = " ".join(["id", *content, *values])
            document.declare(name, "[ID!]!", ids)
            document.select(f"{name}: nodes(ids: ${name}) {{ ... on ProjectV2Item {{ {selection} }} }}")
            document.count(connections * len(ids), nodes * len(ids))
        for index, field in enumerate(self.fields):
            document.declare(f"f{index}", "String!", field.name)

    def _lists(self) -> Iterator[tuple[str, ContentKind, list[str]]]:
        """Yield lists of ids, each short enough for one `nodes(ids:)`: the name in the document, and the kind."""
        for kind in facts.CONTENT_KINDS:
            every = tuple(card for of, card in self.things if of == kind)
            yield from ((f"{kind}{n}", kind, [*ids]) for n, ids in enumerate(sliced(every, _IDS)))

    def useless(self, answer: Answer) -> Fault | None:
        """Return a fault outside the lists, or one that takes a whole list or card and is no refusal."""
        return useless_fault(answer, (name for name, _, _ in self._lists()), lambda path: len(path) <= _CARD)

    def read(self, answer: Answer) -> dict[str, Facts | None]:
        """Return the facts of each card."""
        return {
            card: self._facts((name, index), kind, card, answer)
            for name, kind, ids in self._lists()
            for index, card in enumerate(ids)
        }

    def _facts(self, path: Path, kind: ContentKind, card: str, answer: Answer) -> Facts | None:
        if answer.faults_at(path) or answer.at((*path, "id")) != card:
            return None
        told = Facts() if kind == "card" else facts.facts(answer.at((*path, "content")), self.listed)
        values: dict[str, FieldValue] = {}
        for index, field in enumerate(self.fields):
            raw = answer.at((*path, f"f{index}"))
            value = facts.field_value(raw) if raw is not None else None
            if raw is not None and value is None:
                return None
            if value:
                values[field.slug] = value
        return replace(told, fields=values) if told else None


#: The length of a path to a card in `Details`: the list and the index.
_CARD = 2


def sliced(things: tuple[Thing, ...], size: int) -> list[tuple[Thing, ...]]:
    """Return things in pieces of at most so many."""
    return [things[at : at + size] for at in range(0, len(things), size)]

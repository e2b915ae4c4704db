"""Owns the first question of a reading, and all later look-ups: the board, its host, references, repositories.

It is one document, so that most pages take one request. Must not know what follows from an answer. A refusal or null at
a look-up, or at the repository around it, leaves its references unread; trouble at a list of boards is to be read
again; pull requests that did not come with an issue are to be asked apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from roadmap_sync.board.model import ClosingPull, Item, Unread
from roadmap_sync.reading import facts, items
from roadmap_sync.reading.answers import Answer, Fault, Path, policy_in
from roadmap_sync.reading.documents import BOARD, Document
from roadmap_sync.reading.facts import BoardField
from roadmap_sync.reading.items import Card, CardList, Head, ItemPage, RepositoryFacts
from roadmap_sync.reading.parts import CLOSING, Part, Sizes, Slice, useless_fault
from roadmap_sync.references import Reference

#: `first` of a look-up's list of boards, as in `queries/`, and of the board's fields.
_BOARDS, _FIELDS = 20, 100

CUT = Unread("its list of boards could not be read to the end")
PARTIAL = Unread("GitHub could not read all of it")
_NULL = Unread("GitHub gave no answer for it")


@dataclass(frozen=True, slots=True)
class Settled:
    """What is known of a reference for good. `is_forbidden` says that the token may be the reason why it is unread."""

    value: Unread
    is_forbidden: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """A look-up that must be read again; `otherwise` is what is known if that does not help."""

    otherwise: Unread


@dataclass(frozen=True, slots=True)
class Found:
    """An item that was looked up: its repository, its cards, and the pull requests that close it if they came."""

    item: Item
    home: RepositoryFacts
    cards: CardList
    closers: tuple[ClosingPull, ...] | None


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A pinned draft, or what it has become, with its card on whatever board it is."""

    card: Card
    content: Item | Unread


@dataclass(frozen=True, slots=True)
class BoardTold:
    """What was told of the board itself.

    `head` and `fields` are None where they were not understood. `fault` is the first that spoils the board, and
    `refusal` one that refuses it as such. `views` maps the numbers of views to their filters, None for one that is not
    there. `lists` are the first and the last page of each list that was asked. `is_ownerless` tells that GitHub knows
    nobody of the owner's name.
    """

    head: Head | None
    fields: tuple[BoardField, ...] | None
    fault: Fault | None
    refusal: Fault | None
    views: dict[int, str | None]
    lists: tuple[tuple[ItemPage | None, ItemPage | None], ...]
    is_ownerless: bool


@dataclass(frozen=True, slots=True)
class AskTold:
    """What an answer says. `homes` maps `owner/name` in lower case to a repository.

    `branchless` are the repositories whose default branch could not be read. `board` is None where the board was not
    asked, `arguments` (those of a board's `items` on this host) where the host was not. `ask` is the part itself.
    """

    ask: "Ask"
    answer: Answer
    homes: dict[str, RepositoryFacts | Unread]
    branchless: frozenset[str]
    look_ups: dict[str, Settled | Again | Found | FoundCard]
    board: BoardTold | None
    arguments: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class _InRepository:
    """The look-ups in one repository: their name in the document, and `owner/name` as the page spells it."""

    name: str
    full_name: str
    references: list[Reference]

    @property
    def key(self) -> str:
        return self.full_name.lower()


@dataclass(frozen=True, slots=True)
class Ask(Part[AskTold]):
    """The board itself (`head`), what its host can do (`host`), look-ups, pages' own repositories.

    Of references whose key is in `evidence` the pull requests that close them are asked as well. `lists` are slices of
    the board whose first and last `first` items come with it, `views` the numbers of views whose filters do, and
    `fields` asks for the board's own fields.
    """

    references: tuple[Reference, ...] = ()
    repositories: tuple[str, ...] = ()
    evidence: frozenset[str] = frozenset()
    head: bool = False
    host: bool = False
    lists: tuple[Slice, ...] = ()
    first: int = 0
    views: tuple[int, ...] = ()
    fields: bool = False

    @property
    def size(self) -> int:
        """Return the number of look-ups and repositories."""
        return len(self.references) + len(self.repositories)

    @property
    def can_halve(self) -> bool:
        """Whether it has several look-ups, or lists of several items."""
        return self.size > 1 or (bool(self.lists) and self.first > 1)

    def shrink(self, sizes: Sizes) -> None:
        """Lower the number of look-ups, and of items where lists come with the board."""
        sizes.lower("look_ups", self.size)
        if self.lists:
            sizes.lower("items", self.first)

    def bare(self) -> "Ask":
        """Return the question for the board alone, with all that comes from it."""
        return replace(self, references=(), repositories=())

    def plainer(self) -> "Ask | None":
        """Return the question without filters and without closing pull requests, which an old host may not know."""
        return replace(self, lists=(), evidence=frozenset()) if self.lists or self.evidence else None

    def cut(self, sizes: Sizes) -> "Sequence[Ask]":
        """Return the question in parts of at most so many look-ups; the board goes with the first.

        Where lists come with the board, the first part is the one that has fewer look-ups.
        """
        size = sizes.look_ups
        first = self.size % size or size if self.lists else size
        bounds = [(0, first), *((start, start + size) for start in range(first, self.size, size))]
        whole = replace(self, first=min(self.first, sizes.items))
        bare = Ask(evidence=self.evidence, again=self.again)
        return [replace(bare if start else whole, **self._between(start, stop)) for start, stop in bounds]

    def _between(self, start: int, stop: int) -> dict[str, Any]:
        """Return some of the look-ups, references first."""
        before = len(self.references)
        repositories = self.repositories[max(0, start - before) : max(0, stop - before)]
        return {"references": self.references[start:stop], "repositories": repositories}

    def compose(self, document: Document) -> None:
        """Ask for the board, then the repositories with their look-ups, then the drafts."""
        if self.head:
            document.select_of_board(self._board(document), 1)
        if self.host:
            document.select("...Host")
        if self.head or self.references:
            document.declare_status()
        for index, group in enumerate(self._groups()):
            owner, _, name = group.full_name.partition("/")
            document.declare(f"o{index}", "String!", owner)
            document.declare(f"n{index}", "String!", name)
            selection = " ".join(["...RepositoryName", *self._look_ups(document, group)])
            document.select(f"{group.name}: repository(owner: $o{index}, name: $n{index}) {{ {selection} }}")
        for name, reference in self._drafts():
            document.declare(name, "ID!", reference.draft)
            document.select(f"{name}: node(id: ${name}) {{ ...Draft }}")

    def _board(self, document: Document) -> str:
        selections = ["...Board", *(["...BoardFields"] if self.fields else [])]
        document.count(int(self.fields), _FIELDS * self.fields)
        selections += [f"{_view(number)}: view(number: {number}) {{ filter }}" for number in self.views]
        for index, each in enumerate(self.lists):
            arguments = each.arguments(document, f"q{index}")
            for name, end in zip(_ends(index), ("first", "last"), strict=True):
                selections.append(f"{name}: items({end}: {self.first}, {arguments}) {{ ...Items }}")
                document.count(1, self.first)
                document.count_issues(self.first)
        return " ".join(selections)

    def _groups(self) -> list[_InRepository]:
        """Return the look-ups by repository; spellings that differ in case are one."""
        groups: dict[str, _InRepository] = {}

        def group(full_name: str) -> _InRepository:
            return groups.setdefault(full_name.lower(), _InRepository(f"r{len(groups)}", full_name, []))

        for name in self.repositories:
            group(name)
        for reference in self.references:
            if not reference.draft:
                group(f"{reference.owner}/{reference.repo}").references.append(reference)
        return [*groups.values()]

    def _look_ups(self, document: Document, group: _InRepository) -> Iterator[str]:
        if group.references:
            yield "defaultBranchRef { name }"
        for reference in group.references:
            document.count(2, 2 * _BOARDS)
            document.count_issues(1)
            selection = "...LookUp"
            if reference.key in self.evidence:
                selection += " ...Closers"
                document.count(1, CLOSING)
            yield f"{_look_up(reference)}: issueOrPullRequest(number: {reference.number}) {{ {selection} }}"

    def _drafts(self) -> list[tuple[str, Reference]]:
        return [(f"d{number}", one) for number, one in enumerate(one for one in self.references if one.draft)]

    def useless(self, answer: Answer) -> Fault | None:
        """Return a fault outside all that was asked, or one that takes a whole look-up and is no refusal."""
        groups, drafts = self._groups(), [name for name, _ in self._drafts()]
        names = {group.name for group in groups}
        wholes = {(group.name, _look_up(one)) for group in groups for one in group.references}

        def is_whole(path: Path) -> bool:
            is_repository_fact = len(path) == _INSIDE and path[0] in names and path[1] != "defaultBranchRef"
            return len(path) == 1 or path in wholes or is_repository_fact

        return useless_fault(answer, [*names, *drafts], is_whole)

    def read(self, answer: Answer) -> AskTold:
        """Return what the answer says of the board, the host, each repository and each reference."""
        groups = self._groups()
        homes: dict[str, RepositoryFacts | Unread] = {}
        told: dict[str, Settled | Again | Found | FoundCard] = {}
        for group in groups:
            path: Path = (group.name,)
            refusal = _refusal(answer, path, f"repository {group.key}")
            homes[group.key] = refusal or items.repository(answer.at(path)) or _NULL
            for reference in group.references:
                told[reference.key] = _looked_up(answer, (*path, _look_up(reference)), homes[group.key])
        known = [group for group in groups if isinstance(homes[group.key], RepositoryFacts)]
        told |= {reference.key: _draft(answer, (name,)) for name, reference in self._drafts()}
        return AskTold(
            self,
            answer,
            homes,
            frozenset(group.key for group in known if answer.faults_at((group.name, "defaultBranchRef"))),
            told,
            self._board_told(answer) if self.head else None,
            items.item_arguments(answer.at(("__type",))) if self.host else None,
        )

    def _board_told(self, answer: Answer) -> BoardTold:
        ends = [tuple((*BOARD, name) for name in _ends(index)) for index in range(len(self.lists))]
        beside = {path for pair in ends for path in pair}
        # Faults at the lists that came with the board are the lists' own.
        faults = [f for f in answer.faults_at(BOARD[:1]) if (BOARD[0], *f.path[:2]) not in beside]
        refused = (fault for fault in faults if fault.is_refusal and len(fault.path) < len(BOARD))
        return BoardTold(
            items.head(answer.at(BOARD)),
            facts.board_fields(answer.at((*BOARD, "fields"))) if self.fields else (),
            next(iter(faults), None),
            next(refused, None),
            {number: facts.view_filter(answer.at((*BOARD, _view(number)))) for number in self.views},
            tuple((_page(answer, first), _page(answer, last)) for first, last in ends),
            answer.data is not None and answer.at(BOARD[:1]) is None,
        )


#: The length of a path to a look-up or to a fact of a repository.
_INSIDE = 2


def _view(number: int) -> str:
    return f"v{number}"


def _ends(index: int) -> tuple[str, str]:
    """Return the names of a list's first and last page."""
    return (f"a{index}", f"z{index}")


def _look_up(reference: Reference) -> str:
    return f"i{reference.number}"


def _page(answer: Answer, path: Path) -> ItemPage | None:
    return items.page(answer.at(path), answer.faults_at(path))


def _refusal(answer: Answer, path: Path, what: str) -> Unread | None:
    """Return why GitHub refused what stands at the path, or one of its own facts; None if it did not."""
    for fault in answer.faults_at(path):
        if not fault.is_refusal or (fault.path and answer.at(path) is not None):
            continue
        if fault.is_saml:
            return Unread("its organisation requires single sign-on for this token")
        if policy := policy_in(fault.message):
            return Unread(f"this token may not read it: {policy.name}")
        if fault.type == "FORBIDDEN":
            return Unread("this token may not read it")
        return Unread(f"GitHub knows no {what}, or hides it from this token")
    return None


def _is_forbidden(answer: Answer, path: Path) -> bool:
    """Whether this is a fault of the token rather than a thing that is not there."""
    return not any(fault.type == "NOT_FOUND" for fault in answer.faults_at(path))


def _looked_up(answer: Answer, path: Path, home: RepositoryFacts | Unread) -> Settled | Again | Found:
    """Return what was told of an issue or pull request."""
    below = answer.faults_at((*path, "projectItems"))
    # Closing pull requests are evidence, and are asked again apart.
    faults = [fault for fault in answer.faults_at(path) if fault.path[:1] != (items.CLOSERS,)]
    if isinstance(home, Unread):
        return Settled(home, _is_forbidden(answer, path[:1]))
    if below and answer.at(path) is None:
        return Again(CUT)
    if refusal := _refusal(answer, path, "such issue or pull request"):
        return Settled(refusal, _is_forbidden(answer, path))
    if len(below) != len(faults):
        return Again(PARTIAL)
    if answer.at(path) is None:
        return Settled(_NULL, is_forbidden=True)
    item = items.item(answer.at(path), home)
    if isinstance(item, Unread):
        return Settled(item)
    cards = items.card_list(answer.at((*path, "projectItems")), below)
    closers: Path = (*path, items.CLOSERS)
    is_whole = item.state == "OPEN" and not answer.faults_at(closers)
    return Found(item, home, cards, items.closing_pulls(answer.at(closers)) if is_whole else None)


def _draft(answer: Answer, path: Path) -> Settled | Again | FoundCard:
    """Return what was told of a pinned draft."""
    if refusal := _refusal(answer, path, "such item"):
        return Settled(refusal, _is_forbidden(answer, path))
    if any(fault.path[:1] != ("content",) or not fault.is_refusal for fault in answer.faults_at(path)):
        return Again(PARTIAL)
    if answer.at(path) is None:
        return Settled(_NULL, is_forbidden=True)
    told = items.draft(answer.at(path))
    return FoundCard(*told) if told else Again(PARTIAL)

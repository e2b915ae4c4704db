"""Owns what is sent to GitHub: parts of a reading, and the GraphQL documents composed for them, with their cost.

Must not know answers, when to ask what, or how a document travels. The texts of `queries/` come in as a value,
since this module reads no files. Foreign text only ever travels in variables; numbers, checked by
`references.py`, are the one thing written into a document.

Cost by GitHub's formula (https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api):
nodes are the sum of the products of `first` down each path, points a hundredth of the connections asked for,
at least 1. A test holds both against the documents themselves.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from roadmap_sync.board.question import BoardAddress
from roadmap_sync.references import Reference

#: `first` of a look-up's list of boards, of its rest, and of an issue's closing pull requests, as in `queries/`.
BOARDS, MORE_BOARDS, CLOSING, FIELDS = 20, 100, 20, 100

_COMMENT = re.compile(r"^#.*\n", re.MULTILINE)
_FRAGMENT = re.compile(r"^fragment (\w+) on ", re.MULTILINE)
_SPREAD = re.compile(r"\.\.\.(\w+)")

#: The facts that are lists of their own, each a connection more for every item.
LISTED_FACTS = frozenset({"labels", "assignees", "reviewers"})
#: So many documents may go out side by side without anything being asked for more than the pages need.
SIDE_BY_SIDE = 4
#: `nodes(ids:)` takes so many (https://docs.github.com/en/graphql/reference/queries#nodes); more take another list.
_IDS = 100

#: Where an answer stands in a document's data.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """The board itself (`head`), what its host can do (`host`), look-ups, pages' own repositories.

    Of references whose key is in `evidence` the pull requests that close them are asked as well.
    `lists` are slices of the board whose first and last `first` items come with it, `views` the numbers of views whose
    filters do, and `fields` asks for the board's own fields. `again` counts, here and below, how often this was asked
    before.
    """

    references: tuple[Reference, ...] = ()
    repositories: tuple[str, ...] = ()
    evidence: frozenset[str] = frozenset()
    head: bool = False
    host: bool = False
    lists: "tuple[Slice, ...]" = ()
    first: int = 0
    views: tuple[int, ...] = ()
    fields: bool = False
    again: int = 0

    @property
    def size(self) -> int:
        """Return how many things could be asked apart."""
        return len(self.references) + len(self.repositories)

    def bare(self) -> "Ask":
        """Return the question for the board alone, with all that comes from it."""
        return replace(self, references=(), repositories=())

    def cut(self, size: int) -> "list[Ask]":
        """Return the same question in parts of at most so many look-ups; the board goes with the first.

        Where lists come with the board, the first part is the one that has fewer look-ups.
        """
        first = self.size % size or size if self.lists else size
        starts = range(first, self.size, size)
        return [self._piece(0, first), *(self._piece(start, start + size) for start in starts)]

    def _piece(self, start: int, stop: int) -> "Ask":
        before = len(self.references)
        references = self.references[start:stop]
        repositories = self.repositories[max(0, start - before) : max(0, stop - before)]
        if start:
            return Ask(references, repositories, self.evidence, again=self.again)
        return replace(self, references=references, repositories=repositories)


@dataclass(frozen=True, slots=True)
class Boards:
    """The rest of some lists of boards: (reference key, node id, cursor) each.

    The item's own facts are asked again, so that its state and its Status are of one moment.
    """

    rests: tuple[tuple[str, str, str], ...]
    again: int = 0

    @property
    def size(self) -> int:
        """Return how many things could be asked apart."""
        return len(self.rests)

    def cut(self, size: int) -> list[Self]:
        """Return the same question in parts of at most so many lists."""
        rests = self.rests
        return [replace(self, rests=rests[at : at + size]) for at in range(0, len(rests), size)]


@dataclass(frozen=True, slots=True)
class Closing:
    """The pull requests that close some issues, by node id."""

    ids: tuple[str, ...]
    again: int = 0

    @property
    def size(self) -> int:
        """Return how many things could be asked apart."""
        return len(self.ids)

    def cut(self, size: int) -> list[Self]:
        """Return the same question in parts of at most so many issues."""
        return [replace(self, ids=self.ids[at : at + size]) for at in range(0, len(self.ids), size)]


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields the board has, asked when the Status field is not what it should be."""

    again: int = 0
    size: int = 1


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of a board's items: `query` is a filter in GitHub's syntax, empty for all.

    `archived` asks for archived items too, on hosts that know how.
    """

    query: str = ""
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """So many of a slice's items after a cursor, or, `backward`, before one.

    `listing`, `attempt` and `strip` tell which list of items it serves, which reading of it, and which part of that.
    """

    slice: Slice
    first: int
    cursor: str | None = None
    backward: bool = False
    listing: int = 0
    attempt: int = 0
    strip: int = 0
    again: int = 0

    @property
    def size(self) -> int:
        """Return how many things could be asked apart."""
        return self.first

    def cut(self, size: int) -> list[Self]:
        """Return a shorter page from the same place; the next one follows from its answer."""
        return [replace(self, first=min(size, self.first))]


@dataclass(frozen=True, slots=True)
class Ends:
    """Pages of one list, asked in one document: what goes on at its two ends."""

    pages: tuple[Page, ...]

    @property
    def size(self) -> int:
        """Return how many things could be asked apart."""
        return sum(page.first for page in self.pages)


@dataclass(frozen=True, slots=True)
class Field:
    """A board's own field: its name, its GraphQL data type (`TEXT`), and the slug by which a filter names it."""

    name: str
    kind: str
    slug: str


@dataclass(frozen=True, slots=True)
class Details:
    """What filters and added lines may ask of some cards: (kind of content, card id) each, and these fields.

    The kind `card` asks for the fields alone. Of `LISTED_FACTS` only those of `listed` are asked.
    """

    cards: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...] = ()
    listed: frozenset[str] = LISTED_FACTS
    again: int = 0

    @property
    def size(self) -> int:
        """Return how many things could be asked apart."""
        return len(self.cards)

    def cut(self, size: int) -> list[Self]:
        """Return the same question in parts of at most so many cards."""
        return [replace(self, cards=self.cards[at : at + size]) for at in range(0, len(self.cards), size)]


Part = Ask | Boards | Closing | Details | Ends | Fields | Page


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """One document to send, what it is for, what it costs at most, and which path answers which key.

    `places` maps the path of each look-up to its reference key (`("r0", "i12")`, `("d0",)`, `("b0",)`), and
    `repositories` the path of each repository to `owner/name` in lower case.
    """

    part: Part
    text: str
    variables: Mapping[str, object]
    nodes: int
    points: int
    places: Mapping[Path, str] = field(default_factory=dict)
    repositories: Mapping[Path, str] = field(default_factory=dict)

    @property
    def can_halve(self) -> bool:
        """Whether it could be asked in smaller parts."""
        has_rows = isinstance(self.part, Ask) and bool(self.part.lists) and self.part.first > 1
        return self.part.size > 1 or has_rows

    def __str__(self) -> str:
        """Return what is asked and what it costs, as `-v` shows it."""
        name = type(self.part).__name__
        return f"{name} of {self.part.size}: {self.nodes:,} nodes, {self.points} point{'s' * (self.points != 1)}"


#: What is asked for each listed fact, and its nodes.
_LISTED: Mapping[str, tuple[str, int]] = {
    "labels": ("labels(first: 100) { totalCount nodes { name } }", 100),
    "assignees": ("assignees(first: 20) { totalCount nodes { login } }", 20),
    "reviewers": ("reviewRequests(first: 50) { totalCount nodes { ...Reviewer } }", 50),
}

#: For each kind of content: the name of its lists in a document, its type, which listed facts it has, and the
#: connections and nodes of all else.
_DETAILS = {
    "issue": ("issues", "Issue", ("labels", "assignees"), 1, 50),
    "pull_request": ("pulls", "PullRequest", ("labels", "assignees", "reviewers"), 1, 50),
    "draft": ("drafts", "DraftIssue", ("assignees",), 0, 0),
    "card": ("cards", "", (), 0, 0),
}
_FRAGMENTS = {"Issue": "IssueDetails", "PullRequest": "PullRequestDetails", "DraftIssue": "DraftDetails"}


def _content(kind: str, listed: Iterable[str]) -> list[str]:
    if not kind:
        return []
    lists = " ".join(_LISTED[name][0] for name in listed)
    return [f"content {{ ...{_FRAGMENTS[kind]}{f' ... on {kind} {{ {lists} }}' if lists else ''} }}"]


def _multi(field: Field) -> str:
    return " ...MultiValue" if field.kind == "MULTI_SELECT" else ""


def points(connections: int) -> int:
    """Return the points that so many connections cost."""
    return max(1, (connections + 50) // 100)


class Queries:
    """The texts of `queries/`, by file name without its ending, and the fragments in them by name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {name: _COMMENT.sub("", text) for name, text in texts.items()}
        found = [(_FRAGMENT.search(text), text) for text in self._texts.values()]
        self._fragments = {match[1]: text for match, text in found if match}

    def whole(self, name: str) -> str:
        """Return a document that stands in a file of its own, with the fragments it spreads."""
        return self.closed(self._texts[name])

    def closed(self, text: str) -> str:
        """Return the text followed by each fragment that it spreads, directly or through another."""
        seen: dict[str, str] = {}
        waiting = [text]
        while waiting:
            for name in _SPREAD.findall(waiting.pop()):
                if name not in seen:
                    seen[name] = self._fragments[name]
                    waiting.append(seen[name])
        return "\n".join([text.strip(), *(seen[name].strip() for name in sorted(seen))]) + "\n"


class Composer:
    """Makes the Request for a part of a reading of one board."""

    def __init__(self, queries: Queries, address: BoardAddress, status_field: str) -> None:
        self._queries = queries
        self._address = address
        self._status_field = status_field

    def request(self, part: Part) -> Request:
        """Compose the document that asks for the part."""
        match part:
            case Ask():
                return self._ask(part)
            case Boards():
                return self._boards(part)
            case Page():
                return self._page(part)
            case Ends():
                return self._ends(part)
            case Details():
                return self._details(part)
            case Closing(ids=ids):
                cost = points(len(ids))
                return Request(part, self._queries.whole("closing"), {"ids": [*ids]}, len(ids) * CLOSING, cost)
            case _:
                variables = {"owner": self._address.owner, "number": self._address.number}
                return Request(part, self._queries.whole("fields"), variables, FIELDS, 1)

    def _ask(self, part: Ask) -> Request:
        text = _Text("Ask")
        if part.head:
            text.add_board(self._address, self._head(text, part), 1)
        if part.host:
            text.roots.append("...Host")
        if part.head or part.references:
            text.declare("status", "String!", self._status_field)
        _add_repositories(text, part)
        for number, reference in enumerate(r for r in part.references if r.draft):
            text.declare(f"d{number}", "ID!", reference.draft)
            text.roots.append(f"d{number}: node(id: $d{number}) {{ ...Draft }}")
            text.places[(f"d{number}",)] = reference.key
        return text.request(part, self._queries)

    @staticmethod
    def _head(text: "_Text", part: Ask) -> str:
        selections = ["...Board", *(["...BoardFields"] if part.fields else [])]
        text.count(int(part.fields), FIELDS * part.fields)
        selections += [f"v{number}: view(number: {number}) {{ filter }}" for number in part.views]
        for index, each in enumerate(part.lists):
            arguments = ", ".join(text.items_arguments(each, f"q{index}"))
            selections.append(f"a{index}: items(first: {part.first}, {arguments}) {{ ...Items }}")
            selections.append(f"z{index}: items(last: {part.first}, {arguments}) {{ ...Items }}")
            text.count(2, 2 * part.first)
        return " ".join(selections)

    def _details(self, part: Details) -> Request:
        text = _Text("Details")
        fields = [
            f"f{index}: fieldValueByName(name: $f{index}) {{ ...FieldValue{_multi(each)} }}"
            for index, each in enumerate(part.fields)
        ]
        for kind, (name, content, lists, others, nodes) in _DETAILS.items():
            every = [card for of, card in part.cards if of == kind]
            asked = [each for each in lists if each in part.listed]
            costs = (others + len(asked), nodes + sum(_LISTED[each][1] for each in asked))
            selection = " ".join(["id", *_content(content, asked), *fields])
            for start in range(0, len(every), _IDS):
                ids, place = every[start : start + _IDS], f"{name}{start // _IDS}"
                text.declare(place, "[ID!]!", ids)
                text.roots.append(f"{place}: nodes(ids: ${place}) {{ ... on ProjectV2Item {{ {selection} }} }}")
                text.count(costs[0] * len(ids), costs[1] * len(ids))
                text.places |= {(place, index): card for index, card in enumerate(ids)}
        for index, each in enumerate(part.fields):
            text.declare(f"f{index}", "String!", each.name)
        return text.request(part, self._queries)

    def _boards(self, part: Boards) -> Request:
        text = _Text("Boards")
        text.declare("status", "String!", self._status_field)
        for number, (key, node, cursor) in enumerate(part.rests):
            text.declare(f"i{number}", "ID!", node)
            text.declare(f"a{number}", "String!", cursor)
            more = f"projectItems(first: {MORE_BOARDS}, after: $a{number}, includeArchived: true) {{ ...Cards }}"
            kinds = f"... on Issue {{ ...IssueFacts {more} }} ... on PullRequest {{ ...PullRequestFacts {more} }}"
            text.roots.append(f"b{number}: node(id: $i{number}) {{ __typename {kinds} }}")
            text.places[(f"b{number}",)] = key
            text.count(2, 2 * MORE_BOARDS)
        return text.request(part, self._queries)

    def _page(self, part: Page) -> Request:
        text = _Text("Page")
        text.declare("status", "String!", self._status_field)
        text.declare("count", "Int!", part.first)
        text.declare("cursor", "String", part.cursor)
        ends = "last: $count, before: $cursor" if part.backward else "first: $count, after: $cursor"
        arguments = [ends, *text.items_arguments(part.slice, "query")]
        text.add_board(self._address, f"id items({', '.join(arguments)}) {{ ...Items }}", part.first)
        return text.request(part, self._queries)

    def _ends(self, part: Ends) -> Request:
        text = _Text("Ends")
        text.declare("status", "String!", self._status_field)
        arguments = ", ".join(text.items_arguments(part.pages[0].slice, "query"))
        selections = ["id"]
        for index, page in enumerate(part.pages):
            text.declare(f"c{index}", "String", page.cursor)
            ends = ("last", "before") if page.backward else ("first", "after")
            place = f"{ends[0]}: {page.first}, {ends[1]}: $c{index}"
            selections.append(f"p{index}: items({place}, {arguments}) {{ ...Items }}")
        text.count(len(part.pages) - 1, 0)
        text.add_board(self._address, " ".join(selections), part.size)
        return text.request(part, self._queries)


@dataclass(slots=True)
class _Text:
    """A document in the making."""

    name: str
    declared: list[str] = field(default_factory=list)
    variables: dict[str, object] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)
    connections: int = 0
    nodes: int = 0
    places: dict[Path, str] = field(default_factory=dict)
    repositories: dict[Path, str] = field(default_factory=dict)

    def declare(self, name: str, kind: str, value: object) -> None:
        self.declared.append(f"${name}: {kind}")
        self.variables[name] = value

    def count(self, connections: int, nodes: int) -> None:
        self.connections += connections
        self.nodes += nodes

    def items_arguments(self, part: Slice, variable: str) -> list[str]:
        arguments = ["orderBy: {field: POSITION, direction: ASC}"]
        if part.query:
            self.declare(variable, "String!", part.query)
            arguments.append(f"query: ${variable}")
        if part.archived:
            arguments.append("archivedStates: [ARCHIVED, NOT_ARCHIVED]")
        return arguments

    def add_board(self, address: BoardAddress, selection: str, nodes: int) -> None:
        self.declare("owner", "String!", address.owner)
        self.declare("number", "Int!", address.number)
        self.roots.append(
            "repositoryOwner(login: $owner) { ... on ProjectV2Owner "
            f"{{ projectV2(number: $number) {{ {selection} }} }} }}"
        )
        self.count(1, nodes)

    def request(self, part: Part, queries: Queries) -> Request:
        head = f"query {self.name}({', '.join(self.declared)})" if self.declared else f"query {self.name}"
        lines = [head + " {", "rateLimit { cost }", *self.roots]
        text = queries.closed("\n  ".join(lines) + "\n}")
        return Request(part, text, self.variables, self.nodes, points(self.connections), self.places, self.repositories)


def _add_repositories(text: _Text, part: Ask) -> None:
    """Add the look-ups by repository; spellings that differ in case are one."""
    groups: dict[str, list[Reference]] = {name.lower(): [] for name in part.repositories}
    spelled = {name.lower(): name for name in part.repositories}
    for reference in part.references:
        if not reference.draft:
            name = f"{reference.owner}/{reference.repo}"
            spelled.setdefault(name.lower(), name)
            groups.setdefault(name.lower(), []).append(reference)
    for index, (key, members) in enumerate(groups.items()):
        owner, _, name = spelled[key].partition("/")
        text.declare(f"o{index}", "String!", owner)
        text.declare(f"n{index}", "String!", name)
        text.repositories[(f"r{index}",)] = key
        selection = " ".join(["...RepositoryName", *_look_ups(text, index, members, part.evidence)])
        text.roots.append(f"r{index}: repository(owner: $o{index}, name: $n{index}) {{ {selection} }}")


def _look_ups(text: _Text, index: int, members: Iterable[Reference], evidence: frozenset[str]) -> list[str]:
    found = []
    for reference in members:
        text.places[(f"r{index}", f"i{reference.number}")] = reference.key
        text.count(2, 2 * BOARDS)
        selection = "...LookUp"
        if reference.key in evidence:
            selection += " ...Closers"
            text.count(1, CLOSING)
        found.append(f"i{reference.number}: issueOrPullRequest(number: {reference.number}) {{ {selection} }}")
    return ["defaultBranchRef { name }", *found] if found else []

"""Owns what is sent to GitHub: GraphQL documents composed from `queries/`, with their cost.

Must not know answers, when to ask what, or how a document travels. The texts of `queries/` come in as a value,
since this module reads no files. Foreign text only ever travels in variables; numbers, checked by
`references.py`, are the one thing written into a document.

Cost by GitHub's formula (https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api):
nodes are the sum of the products of `first` down each path, points a hundredth of the connections asked for,
at least 1. A test holds both against the documents themselves.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from roadmap_sync.board import BoardAddress
from roadmap_sync.references import Reference

#: `first` of a look-up's list of boards, of its rest, and of an issue's closing pull requests, as in `queries/`.
BOARDS, MORE_BOARDS, CLOSING = 20, 100, 20

_FRAGMENT = re.compile(r"^fragment (\w+) on ", re.MULTILINE)
_COMMENT = re.compile(r"^#.*\n", re.MULTILINE)
_SPREAD = re.compile(r"\.\.\.(\w+)")
_COST = "rateLimit { cost }"

#: Where an answer stands in a document's data.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One document to send, what it costs at most, and which path of its answer belongs to which key.

    `places` maps the path of each look-up to its reference key (`("r0", "i12")`, `("d0",)`), and
    `repositories` the path of each repository to `owner/name` in lower case.
    """

    name: str
    text: str
    variables: Mapping[str, object]
    nodes: int
    points: int
    places: Mapping[Path, str] = field(default_factory=dict)
    repositories: Mapping[Path, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the document's name and cost, as `-v` shows it."""
        return f"{self.name}: {self.nodes:,} nodes, {self.points} point{'s' * (self.points != 1)}"


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a board's items: `query` is a filter in GitHub's syntax, empty for all.

    `archived` asks for archived items too, on hosts that know how; `filtered` says that this host takes a
    query at all; `backward` reads from the end.
    """

    query: str = ""
    archived: bool = False
    backward: bool = False


def points(connections: int) -> int:
    """Return the points that so many connections cost."""
    return max(1, round(connections / 100))


class Queries:
    """The texts of `queries/`, by file name without its ending, and the fragments in them by name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {name: _COMMENT.sub("", text) for name, text in texts.items()}
        self._fragments = {
            match[1]: text for text in self._texts.values() for match in [_FRAGMENT.search(text)] if match
        }

    def whole(self, name: str) -> str:
        """Return a document that stands in a file of its own, with the fragments it spreads."""
        return self.closed(self._texts[name])

    def closed(self, text: str) -> str:
        """Return the text followed by each fragment that it spreads, directly or through another."""
        seen: dict[str, str] = {}
        waiting = [text]
        while waiting:
            for name in _SPREAD.findall(waiting.pop()):
                if name not in seen and name != "on":
                    seen[name] = self._fragments[name]
                    waiting.append(seen[name])
        return "\n".join([text.strip(), *(seen[name].strip() for name in sorted(seen))]) + "\n"


@dataclass(slots=True)
class _Draft:
    """A document in the making."""

    name: str
    declared: list[str] = field(default_factory=list)
    variables: dict[str, object] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)
    connections: int = 0
    nodes: int = 0
    places: dict[Path, str] = field(default_factory=dict)
    repositories: dict[Path, str] = field(default_factory=dict)

    def variable(self, name: str, kind: str, value: object) -> None:
        if name not in self.variables:
            self.declared.append(f"${name}: {kind}")
            self.variables[name] = value

    def count(self, connections: int, nodes: int) -> None:
        self.connections += connections
        self.nodes += nodes

    def finished(self, queries: Queries) -> Document:
        head = f"query {self.name}({', '.join(self.declared)})"
        text = queries.closed("\n".join([head + " {", f"  {_COST}", *self.roots, "}"]))
        cost = points(self.connections)
        return Document(self.name, text, self.variables, self.nodes, cost, self.places, self.repositories)


def ask(
    queries: Queries,
    address: BoardAddress,
    status_field: str,
    references: Iterable[Reference] = (),
    repositories: Iterable[str] = (),
    *,
    head: bool,
    host: bool = False,
) -> Document:
    """Compose one Ask: the board (`head`), what its host can do (`host`), look-ups, pages' repositories."""
    draft = _Draft("Ask")
    wanted = tuple(references)
    if head or wanted:
        draft.variable("status", "String!", status_field)
    if head:
        _add_board(draft, address, "...Board")
        draft.count(1, 1)
    if host:
        draft.roots.append("  ...Host")
    _add_look_ups(draft, [reference for reference in wanted if not reference.draft], repositories)
    for number, reference in enumerate(r for r in wanted if r.draft):
        draft.variable(f"d{number}", "ID!", reference.draft)
        draft.roots.append(f"  d{number}: node(id: $d{number}) {{ ...Draft }}")
        draft.places[(f"d{number}",)] = reference.key
    return draft.finished(queries)


def _add_board(draft: _Draft, address: BoardAddress, selection: str) -> None:
    draft.variable("owner", "String!", address.owner)
    draft.variable("number", "Int!", address.number)
    draft.roots.append(
        "  repositoryOwner(login: $owner) { ... on ProjectV2Owner "
        f"{{ projectV2(number: $number) {{ {selection} }} }} }}"
    )


def _add_look_ups(draft: _Draft, references: list[Reference], repositories: Iterable[str]) -> None:
    groups: dict[str, list[Reference]] = {name.lower(): [] for name in repositories}
    spelled = {name.lower(): name for name in repositories}
    for reference in references:
        name = f"{reference.owner}/{reference.repo}"
        spelled.setdefault(name.lower(), name)
        groups.setdefault(name.lower(), []).append(reference)
    for index, (key, members) in enumerate(groups.items()):
        owner, _, name = spelled[key].partition("/")
        draft.variable(f"o{index}", "String!", owner)
        draft.variable(f"n{index}", "String!", name)
        draft.repositories[(f"r{index}",)] = key
        draft.roots.append(
            f"  r{index}: repository(owner: $o{index}, name: $n{index}) "
            f"{{ ...RepositoryName{_look_ups(draft, index, members)} }}"
        )


def _look_ups(draft: _Draft, index: int, members: list[Reference]) -> str:
    if not members:
        return ""
    for reference in members:
        draft.places[(f"r{index}", f"i{reference.number}")] = reference.key
        draft.count(2, 2 * BOARDS)
    texts = [f"i{r.number}: issueOrPullRequest(number: {r.number}) {{ ...LookUp }}" for r in members]
    return " ".join([" defaultBranchRef { name }", *texts])


def boards(queries: Queries, status_field: str, rests: Sequence[tuple[str, str, str]]) -> Document:
    """Compose the reading-on of lists of boards: (reference key, node id, cursor) each."""
    draft = _Draft("Boards")
    draft.variable("status", "String!", status_field)
    for number, (key, node, cursor) in enumerate(rests):
        draft.variable(f"i{number}", "ID!", node)
        draft.variable(f"a{number}", "String!", cursor)
        more = f"projectItems(first: {MORE_BOARDS}, after: $a{number}, includeArchived: true) {{ ...Cards }}"
        draft.roots.append(
            f"  b{number}: node(id: $i{number}) {{ __typename "
            f"... on Issue {{ {more} }} ... on PullRequest {{ {more} }} }}"
        )
        draft.places[(f"b{number}",)] = key
        draft.count(2, 2 * MORE_BOARDS)
    return draft.finished(queries)


def closing(queries: Queries, ids: Sequence[str]) -> Document:
    """Compose the question which pull requests close these issues (node ids, at most 100)."""
    cost = points(len(ids))
    return Document("Closing", queries.whole("closing"), {"ids": list(ids)}, len(ids) * CLOSING, cost)


def fields(queries: Queries, address: BoardAddress) -> Document:
    """Compose the question which fields the board has."""
    variables = {"owner": address.owner, "number": address.number}
    return Document("Fields", queries.whole("fields"), variables, 100, 1)


def page(
    queries: Queries, address: BoardAddress, status_field: str, part: Slice, first: int, cursor: str | None
) -> Document:
    """Compose one page of a board's items."""
    draft = _Draft("Page")
    ends: tuple[Literal["last", "first"], Literal["before", "after"]] = (
        ("last", "before") if part.backward else ("first", "after")
    )
    draft.variable("first", "Int", first)
    draft.variable("cursor", "String", cursor)
    arguments = [f"{ends[0]}: $first", f"{ends[1]}: $cursor", "orderBy: {field: POSITION, direction: ASC}"]
    if part.query:
        draft.variable("query", "String", part.query)
        arguments.append("query: $query")
    if part.archived:
        arguments.append("archivedStates: [ARCHIVED, NOT_ARCHIVED]")
    _add_board(draft, address, f"id items({', '.join(arguments)}) {{ ...Items }}")
    draft.variable("status", "String!", status_field)
    draft.count(1, first)
    return draft.finished(queries)

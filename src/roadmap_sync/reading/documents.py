"""Owns a GraphQL document in the making: its text, its variables, what it costs, and the texts of `queries/`.

Must not know what the parts of a reading ask, what GitHub answers, or how a document travels. The texts of `queries/`
come in as a value, since this module reads no files. What people typed (names, filters, ids) only ever travels in
variables; the one thing written into a document is a number that `references.py` has checked.

The cost follows GitHub's formula
(https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api): the nodes are the sum
of the products of `first` along each path, the points a hundredth of the connections, at least 1. A test compares
both with the documents themselves.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from roadmap_sync.board.question import BoardAddress

if TYPE_CHECKING:
    from roadmap_sync.reading.parts import Part

#: Where an answer holds what `Document.select_of_board` asked.
BOARD = ("repositoryOwner", "projectV2")

_COMMENT = re.compile(r"^[ \t]*#.*\n", re.MULTILINE)
_FRAGMENT = re.compile(r"^fragment (\w+) on ", re.MULTILINE)
_SPREAD = re.compile(r"\.\.\.(\w+)")
#: A field that some hosts lack, with all that is selected of it: see `Queries`.
_OPTIONAL = re.compile(
    r"^([ \t]*)(?:\w+: )?(\w+)(\(.*\))?(?: \{)? # absent( argument)? .*\n(?:(?:\1[ \t].*\n)+\1\}\n)?", re.MULTILINE
)
_ARGUMENT = re.compile(r"(\w+):")
_LABELS = re.compile(r"^[ \t]*\.\.\.IssueLabels\n", re.MULTILINE)
_MARK = re.compile(r" # absent .*$", re.MULTILINE)


def points(connections: int) -> int:
    """Return the points that so many connections cost."""
    return max(1, (connections + 50) // 100)


class Queries:
    """The texts of `queries/`, by file name without its ending, and the fragments in them by name.

    A line with a field may end in a comment that begins with `absent`: `issueType { # absent before GHES 3.18`. The
    field, or its arguments, are asked of every host until one answers that it does not know them; then `without`
    takes them out; behind `absent argument` only the arguments may go. So a field that old hosts lack is marked where
    it is asked, and nowhere else.
    """

    def __init__(self, texts: Mapping[str, str], dropped: frozenset[str] = frozenset()) -> None:
        self._texts = {name: _COMMENT.sub("", text) for name, text in texts.items()}
        found = [(_FRAGMENT.search(text), text) for text in self._texts.values()]
        self._fragments = {match[1]: text for match, text in found if match}
        #: How many labels are asked of each issue of a board.
        self.labels = 100 if _LABELS.search(self._texts.get("issue_facts", "")) else 0
        self.dropped = dropped

    def without(self, unknown: Iterable[str]) -> "Queries":
        """Return the texts without what is optional among the names that a host does not know.

        `dropped` then holds those that were taken out, now or before.
        """
        names, dropped = frozenset(unknown), set(self.dropped)

        def plainer(match: re.Match[str]) -> str:
            arguments = match[3] or ""
            unknown = {*_ARGUMENT.findall(arguments)} & names
            is_gone = not unknown and match[2] in names and not match[4]
            dropped.update({match[2]} if is_gone else unknown)
            return "" if is_gone else match[0].replace(arguments, "") if unknown else match[0]

        texts = {name: _OPTIONAL.sub(plainer, text) for name, text in self._texts.items()}
        return Queries(texts, frozenset(dropped))

    def for_board(self, host: str, *, has_labels: bool) -> "Queries":
        """Return the texts for a board of a host; the labels of looked-up issues are asked only where they decide.

        Without `enableDuplicate` servers up to GHES 3.18 do not tell a duplicate from another closed issue. GitHub has
        announced that it will take the argument away, so github.com is not asked with it.
        """
        is_server = host != "github.com" and not host.endswith(".ghe.com")
        plain = self if has_labels else Queries({name: _LABELS.sub("", text) for name, text in self._texts.items()})
        return plain if is_server else plain.without({"enableDuplicate"})

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
        parts = [text.strip(), *(seen[name].strip() for name in sorted(seen))]
        return "\n".join(_MARK.sub("", part) for part in parts) + "\n"


@dataclass(slots=True)
class Document:
    """A document in the making, about one board; `status_field` is the name of its Status field.

    `labels` is how many labels are asked of each issue, 0 where none are.
    """

    name: str
    address: BoardAddress
    status_field: str
    variables: dict[str, object] = field(default_factory=dict)
    connections: int = 0
    nodes: int = 0
    labels: int = 0
    _declared: list[str] = field(default_factory=list)
    _selections: list[str] = field(default_factory=list)

    def declare(self, name: str, kind: str, value: object) -> None:
        """Add a variable of a GraphQL type."""
        self._declared.append(f"${name}: {kind}")
        self.variables[name] = value

    def declare_status(self) -> None:
        """Add the variable that the fragments of cards and boards take."""
        self.declare("status", "String!", self.status_field)

    def count(self, connections: int, nodes: int) -> None:
        """Add what something costs."""
        self.connections += connections
        self.nodes += nodes

    def count_issues(self, most: int) -> None:
        """Add what the labels of so many issues cost."""
        if self.labels:
            self.count(most, most * self.labels)

    def select(self, text: str) -> None:
        """Add a selection at the top of the document."""
        self._selections.append(text)

    def select_of_board(self, text: str, nodes: int) -> None:
        """Add a selection of the board itself, with one connection of so many nodes; it stands at `BOARD`."""
        self.declare("owner", "String!", self.address.owner)
        self.declare("number", "Int!", self.address.number)
        self.select(
            f"repositoryOwner(login: $owner) {{ ... on ProjectV2Owner {{ projectV2(number: $number) {{ {text} }} }} }}"
        )
        self.count(1, nodes)

    def text(self, queries: Queries) -> str:
        """Return the whole document."""
        head = f"query {self.name}({', '.join(self._declared)})" if self._declared else f"query {self.name}"
        lines = [head + " {", "rateLimit { cost }", *self._selections]
        return queries.closed("\n  ".join(lines) + "\n}")


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """One document to send, the part of a reading that it is for, and what it costs at most."""

    part: "Part[Any]"
    text: str
    variables: Mapping[str, object]
    nodes: int
    points: int

    def __str__(self) -> str:
        """Return what is asked and what it costs, as `-v` shows it."""
        name = type(self.part).__name__
        return f"{name} of {self.part.size}: {self.nodes:,} nodes, {self.points} point{'s' * (self.points != 1)}"


def compose(part: "Part[Any]", queries: Queries, address: BoardAddress, status_field: str) -> Request:
    """Return the document that asks for a part of a reading of one board."""
    document = Document(type(part).__name__, address, status_field, labels=queries.labels)
    part.compose(document)
    return Request(part, document.text(queries), document.variables, document.nodes, points(document.connections))

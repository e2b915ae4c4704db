"""Owns the facts of an item beyond its state (labels, people, links), and a board's fields and views.

Both what is asked for them and how the answer is read. Must not know areas, nor which package checks the JSON: that is
`answers.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from roadmap_sync.board.facts import Facts, FieldValue, slug
from roadmap_sync.board.filters import Iteration
from roadmap_sync.board.model import ItemKind
from roadmap_sync.reading.answers import All, Model, Named, Typed, understood

#: The kind of what a card holds; `card` where only the card's own fields are of interest.
ContentKind = ItemKind | Literal["card"]

#: The facts that are lists of their own, each a connection more for every item: what is asked, and its nodes.
_LISTED: Final[Mapping[str, tuple[str, int]]] = {
    "labels": ("labels(first: 100) { totalCount nodes { name } }", 100),
    "assignees": ("assignees(first: 20) { totalCount nodes { login } }", 20),
    "reviewers": ("reviewRequests(first: 50) { totalCount nodes { ...Reviewer } }", 50),
}
LISTED_FACTS = frozenset(_LISTED)
#: Those that are read without being asked for. Not reviewers: a token needs a scope of its own to read a team's name.
PLAIN_FACTS = LISTED_FACTS - {"reviewers"}

#: For each kind of content: its GraphQL type, its fragment, its listed facts; connections and nodes of all else.
_ASKED: Final[Mapping[ContentKind, tuple[str, str, tuple[str, ...], int, int]]] = {
    "issue": ("Issue", "IssueDetails", ("labels", "assignees"), 1, 50),
    "pull_request": ("PullRequest", "PullRequestDetails", ("labels", "assignees", "reviewers"), 1, 50),
    "draft": ("DraftIssue", "DraftDetails", ("assignees",), 0, 0),
}
CONTENT_KINDS: tuple[ContentKind, ...] = (*_ASKED, "card")


def selection(kind: ContentKind, listed: frozenset[str]) -> tuple[list[str], int, int]:
    """Return what is asked of a card with such a content, and its connections and nodes.

    Of `LISTED_FACTS` only those of `listed` are asked.
    """
    if kind not in _ASKED:
        return [], 0, 0
    type_name, fragment, lists, connections, nodes = _ASKED[kind]
    asked = [_LISTED[name] for name in lists if name in listed]
    more = f" ... on {type_name} {{ {' '.join(text for text, _ in asked)} }}" if asked else ""
    text = f"content {{ ...{fragment}{more} }}"
    return [text], connections + len(asked), nodes + sum(count for _, count in asked)


class _Iteration(Model):
    title: str
    start_date: str
    duration: int


class _Configuration(Model):
    iterations: list[_Iteration]
    completed_iterations: list[_Iteration]


class _Field(Model):
    name: str
    data_type: str
    configuration: _Configuration | None = None


class _Login(Model):
    login: str


class _Requested(Model):
    login: str = ""
    slug: str = ""


class _Request(Model):
    requested_reviewer: _Requested | None


class _Titled(Model):
    title: str


class _Home(Model):
    name_with_owner: str


class _Numbered(Model):
    number: int
    repository: _Home

    @property
    def key(self) -> str:
        return f"{self.repository.name_with_owner}#{self.number}".lower()


class _Details(Model):
    created_at: str
    updated_at: str
    assignees: All[_Login] | None = None
    is_draft: bool = False
    labels: All[Named] | None = None
    review_requests: All[_Request] | None = None
    milestone: _Titled | None = None
    issue_type: Named | None = None
    parent: _Numbered | None = None
    duplicate_of: _Numbered | None = None
    closed_by_pull_requests_references: All[_Numbered] | None = None
    closing_issues_references: All[_Numbered] | None = None


class _Value(Typed):
    text: str | None = None
    number: float | int | None = None
    date: str | None = None
    name: str | None = None
    title: str = ""
    start_date: str = ""
    duration: int = 0
    options: list[Named] | None = None


@dataclass(frozen=True, slots=True)
class BoardField:
    """A board's field: its name, its GraphQL data type (`TEXT`), and the iterations of an iteration field."""

    name: str
    kind: str
    iterations: tuple[Iteration, ...] = ()

    @property
    def slug(self) -> str:
        """Return how a filter names the field."""
        return slug(self.name)


def board_fields(raw: object) -> tuple[BoardField, ...] | None:
    """Read a board's fields; None where not all of them came or were understood."""
    known = understood(All[_Field], raw)
    if known is None:
        return None
    return tuple(BoardField(each.name, each.data_type, _iterations(each.configuration)) for each in known.nodes)


def _iterations(raw: _Configuration | None) -> tuple[Iteration, ...]:
    """Return a field's iterations, ended ones too, in the order of their days."""
    every = [*raw.completed_iterations, *raw.iterations] if raw else []
    return tuple(Iteration(i.title, i.start_date, i.duration) for i in sorted(every, key=lambda i: i.start_date))


def view_filter(raw: object) -> str | None:
    """Read the filter of a saved view; None where there is no such view."""
    if not isinstance(raw, dict):
        return None
    text = raw.get("filter")
    return text if isinstance(text, str) else ""


def unknown_facts(fields: frozenset[str]) -> frozenset[str]:
    """Return the facts that come from some GraphQL fields, which a host turned out not to know."""
    return frozenset(name for name, field in _Details.model_fields.items() if field.alias in fields)


def facts(raw: object, listed: frozenset[str]) -> Facts | None:
    """Read what filters and added lines ask of an item; None where not all of it came or was understood.

    `listed` are those of `LISTED_FACTS` that were asked for.
    """
    known = understood(_Details, raw)
    if known is None or ("assignees" in listed and known.assignees is None):
        return None
    asked = [request.requested_reviewer for request in (known.review_requests.nodes if known.review_requests else [])]
    return Facts(
        labels=tuple(label.name for label in known.labels.nodes) if known.labels else (),
        assignees=tuple(person.login for person in known.assignees.nodes) if known.assignees else (),
        reviewers=tuple(name for one in asked if one and (name := one.login or one.slug)),
        milestone=known.milestone.title if known.milestone else "",
        issue_type=known.issue_type.name if known.issue_type else "",
        is_draft=known.is_draft,
        created_at=known.created_at,
        updated_at=known.updated_at,
        parent=known.parent.key if known.parent else "",
        duplicate_of=known.duplicate_of.key if known.duplicate_of else "",
        closes=_keys(known.closing_issues_references),
        closed_by=_keys(known.closed_by_pull_requests_references),
    )


def _keys(things: All[_Numbered] | None) -> tuple[str, ...]:
    return tuple(sorted(thing.key for thing in things.nodes)) if things else ()


def field_value(raw: object) -> FieldValue | None:
    """Read what a board's field says on a card; None where that was not understood."""
    known = understood(_Value, raw)
    if known is None:
        return None
    match known.typename:
        case "ProjectV2ItemFieldTextValue":
            return FieldValue("text", _words(known.text))
        case "ProjectV2ItemFieldNumberValue":
            return FieldValue("number", () if known.number is None else (_decimal(known.number),))
        case "ProjectV2ItemFieldDateValue":
            return FieldValue("date", _words(known.date))
        case "ProjectV2ItemFieldSingleSelectValue":
            return FieldValue("single_select", _words(known.name))
        case "ProjectV2ItemFieldMultiSelectValue":
            return FieldValue("multi_select", tuple(option.name for option in known.options or ()))
        case "ProjectV2ItemFieldIterationValue":
            return FieldValue("iteration", _words(known.title), known.start_date, known.duration)
        case _:
            return None


def _words(word: str | None) -> tuple[str, ...]:
    return (word,) if word else ()


def _decimal(number: float) -> str:
    """Return a number as people write it: 3 for 3.0."""
    return str(int(number)) if number == int(number) else repr(number)

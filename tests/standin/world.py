"""Owns what the stand-in for GitHub knows: repositories, issues, boards, tokens, as values a test may change.

Must not know GraphQL. Ids are the same in every run that makes the same world in the same order. Set
attributes freely (`issue.state = "CLOSED"`); a board's cards change through its methods, labels and the like
are tuples to be replaced: so the stand-in sees every change and may keep what it worked out before.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.standin.git import Git

DAY = "2026-01-02T03:04:05Z"
SCOPES = ("read:org", "read:project", "repo")


class Revision:
    """Counts every change of any world, so that what was worked out before can be thrown away."""

    now = 0


class Watched:
    """A value whose every assignment is counted."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        Revision.now += 1
        object.__setattr__(self, name, value)


class Owner(Watched):
    """An organisation or a user."""

    __slots__ = ("id", "is_user", "login", "name", "saml_url", "teams")

    def __init__(self, login: str, serial: int, *, is_user: bool) -> None:
        self.login = self.name = login
        self.is_user = is_user
        self.id = f"{'U' if is_user else 'O'}_kg{serial:06d}"
        self.saml_url = f"https://github.com/orgs/{login}/sso?authorization_request=test"
        self.teams: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Return the page of the owner."""
        return f"https://github.com/{self.login}"


class Issue(Watched):
    """An issue; `reason` is GitHub's `stateReason`, `labels` are names."""

    __slots__ = (
        "author",
        "body",
        "cards",
        "closed_at",
        "closed_by",
        "comments",
        "duplicate_of",
        "id",
        "labels",
        "milestone",
        "number",
        "parent",
        "reason",
        "repository",
        "state",
        "subs",
        "title",
        "type",
        "updated_at",
    )

    def __init__(self, repository: "Repository", number: int, title: str) -> None:
        self.repository = repository
        self.number = number
        self.id = f"I_kw{repository.serial:06d}{number:010d}"
        self.title = title
        self.state = "OPEN"
        self.reason: str | None = None
        self.closed_at: str | None = None
        self.updated_at = DAY
        self.labels: tuple[str, ...] = ()
        self.milestone: str | None = None
        self.type: str | None = None
        self.parent: Issue | None = None
        self.duplicate_of: Issue | None = None
        self.closed_by: tuple[PullRequest, ...] = ()
        self.subs: tuple[Issue, ...] = ()
        self.cards: tuple[Card, ...] = ()
        self.body = ""
        self.author = "somebody"
        self.comments: tuple[Comment, ...] = ()

    @property
    def url(self) -> str:
        """Return the page of the issue."""
        return f"{self.repository.url}/issues/{self.number}"

    def change(self, *, state: str | None = None, parent: "Issue | None" = None, **others: Any) -> "Issue":
        """Set what is named; a closed issue gets a date if it has none, a parent its sub-issue."""
        if state is not None:
            self.state = state
            self.closed_at = (self.closed_at or DAY) if state == "CLOSED" else None
        if parent is not None:
            self.parent = parent
            parent.subs += (self,)
        for name, value in others.items():
            setattr(self, name, tuple(value) if isinstance(value, list) else value)
        return self


class PullRequest(Watched):
    """A pull request; `base` and `head` are branch names, `head_repository` another one for a fork's."""

    __slots__ = (
        "author",
        "base",
        "body",
        "cards",
        "closed_at",
        "closes",
        "comments",
        "events",
        "head",
        "head_repository",
        "id",
        "is_draft",
        "labels",
        "merged_at",
        "milestone",
        "number",
        "repository",
        "reviewers",
        "state",
        "title",
        "updated_at",
    )

    def __init__(self, repository: "Repository", number: int, title: str) -> None:
        self.repository = self.head_repository = repository
        self.number = number
        self.id = f"PR_kw{repository.serial:06d}{number:010d}"
        self.title = title
        self.state = "OPEN"
        self.closed_at: str | None = None
        self.merged_at: str | None = None
        self.updated_at = DAY
        self.base = repository.default_branch
        self.head = f"topic-{number}"
        self.is_draft = False
        self.labels: tuple[str, ...] = ()
        self.milestone: str | None = None
        self.closes: tuple[Issue, ...] = ()
        self.cards: tuple[Card, ...] = ()
        self.body = ""
        self.author = "somebody"
        self.comments: tuple[Comment, ...] = ()
        self.events: tuple[Event, ...] = ()
        self.reviewers: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Return the page of the pull request."""
        return f"{self.repository.url}/pull/{self.number}"

    def change(self, *, state: str | None = None, closes: Iterable[Issue] = (), **others: Any) -> "PullRequest":
        """Set what is named; one that is merged or closed gets its dates, an issue it closes knows it."""
        if state is not None:
            self.state = state
            self.merged_at = (self.merged_at or DAY) if state == "MERGED" else None
            self.closed_at = None if state == "OPEN" else self.closed_at or DAY
        for issue in closes:
            self.closes += (issue,)
            issue.closed_by += (self,)
        for name, value in others.items():
            setattr(self, name, tuple(value) if isinstance(value, list) else value)
        return self


class Comment(Watched):
    """A comment of a discussion."""

    __slots__ = ("author", "body", "created_at", "id", "is_minimized", "subject", "updated_at")

    def __init__(self, subject: Issue | PullRequest, number: int, body: str, author: str) -> None:
        self.id = f"IC_kw{number:010d}"
        self.subject = subject
        self.body = body
        self.author = author
        self.created_at = self.updated_at = DAY
        self.is_minimized = False


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a pull request's history; `kind` is the GraphQL type."""

    kind: str
    actor: str
    id: str
    created_at: str = DAY


class Repository(Watched):
    """A repository with its issues and pull requests by number, and its branches in `git`."""

    __slots__ = (
        "default_branch",
        "git",
        "is_archived",
        "name",
        "numbers",
        "owner",
        "permission",
        "pull_requests_by_actions",
        "serial",
        "visibility",
        "world",
    )

    def __init__(self, world: "World", owner: Owner, name: str, serial: int) -> None:
        self.world = world
        self.owner = owner
        self.name = name
        self.serial = serial
        self.visibility = "PUBLIC"
        self.default_branch = "main"
        self.is_archived = False
        self.numbers: dict[int, Issue | PullRequest] = {}
        self.git = Git()
        self.permission = "WRITE"
        self.pull_requests_by_actions = True

    @property
    def id(self) -> str:
        """Return the node id, which no rename changes."""
        return f"R_kg{self.serial:06d}"

    @property
    def full_name(self) -> str:
        """Return `owner/name` as GitHub spells it today."""
        return f"{self.owner.login}/{self.name}"

    @property
    def url(self) -> str:
        """Return the page of the repository."""
        return f"https://github.com/{self.full_name}"

    def issue(self, number: int, title: str = "", **changes: Any) -> Issue:
        """Make the issue, or change it: `issue(12, state="CLOSED", reason="COMPLETED", labels=("bug",))`."""
        found = self.numbers.get(number)
        if found is None:
            found = self.numbers[number] = Issue(self, number, title or f"Issue {number}")
        assert isinstance(found, Issue), f"{self.full_name}#{number} is a pull request"
        return found.change(**({"title": title} if title else {}), **changes)

    def pull(self, number: int, title: str = "", **changes: Any) -> PullRequest:
        """Make the pull request, or change it: `pull(7, state="MERGED", base="main", closes=[issue])`."""
        found = self.numbers.get(number)
        if found is None:
            found = self.numbers[number] = PullRequest(self, number, title or f"Pull request {number}")
        assert isinstance(found, PullRequest), f"{self.full_name}#{number} is an issue"
        return found.change(**({"title": title} if title else {}), **changes)

    def rename(self, full_name: str) -> None:
        """Give the repository another name or owner; the old name still finds it."""
        self.world.place(self, full_name)

    def transfer(self, number: int, to: "Repository", new_number: int) -> Issue:
        """Move an issue elsewhere: its number here resolves no more, its cards follow."""
        issue = self.numbers.pop(number)
        assert isinstance(issue, Issue)
        issue.repository, issue.number = to, new_number
        issue.id = f"I_kw{to.serial:06d}{new_number:010d}"
        to.numbers[new_number] = issue
        return issue


class Draft(Watched):
    """A draft issue: it lives on its board only."""

    __slots__ = ("body", "cards", "id", "title", "updated_at")

    def __init__(self, title: str, body: str = "") -> None:
        self.title = title
        self.body = body
        self.id = ""
        self.updated_at = DAY
        self.cards: tuple[Card, ...] = ()


Content = Issue | PullRequest | Draft


class Card(Watched):
    """An item of a board. `values` holds what other fields than the Status say, by field name."""

    __slots__ = ("archived", "content", "number", "project", "redacted", "status", "updated_at", "values")

    def __init__(self, project: "Project", number: int, content: Content, status: str | None) -> None:
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

    __slots__ = ("_by_number", "_cards", "_made", "closed", "fields", "number", "owner", "public", "serial")
    __slots__ += ("status", "title", "updated_at", "views")

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


@dataclass(slots=True)
class Token:
    """What one token may see and do.

    `kind` is `classic`, `fine`, `app` or `actions` (a job's own). `boards` says what comes of asking for one:
    `all`; `hidden` (not found); `empty` (found, without items and without an error). `private` tells whether
    private repositories are seen. `forbidden` and `hidden` are names of repositories; `saml` of owners.
    """

    value: str = "test-token"
    login: str = "robot"
    kind: str = "classic"
    scopes: tuple[str, ...] = SCOPES
    boards: str = "all"
    private: bool = True
    forbidden: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    saml: frozenset[str] = frozenset()
    content: str = "all"
    may_write: bool = True

    @property
    def may_read_projects(self) -> bool:
        """Whether the token's scopes allow to ask for projects; only a classic one has scopes."""
        return self.kind != "classic" or bool({"project", "read:project"} & set(self.scopes))


@dataclass(slots=True)
class World:
    """All that there is. Without a token of its own a world lets any token see everything."""

    owners: dict[str, Owner] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=dict)
    by_serial: dict[int, Repository] = field(default_factory=dict)
    projects: dict[tuple[str, int], Project] = field(default_factory=dict)
    projects_by_serial: dict[int, Project] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)

    def owner(self, login: str, *, is_user: bool = False) -> Owner:
        """Make an organisation or a user, or return it."""
        key = login.lower()
        if key not in self.owners:
            self.owners[key] = Owner(login, len(self.owners) + 1, is_user=is_user)
        return self.owners[key]

    def repository(self, full_name: str, **changes: Any) -> Repository:
        """Make a repository, or change it: `repository("acme/rocket", visibility="PRIVATE")`."""
        found = self.repositories.get(full_name.lower())
        if found is None:
            owner, _, name = full_name.partition("/")
            found = Repository(self, self.owner(owner), name, len(self.by_serial) + 1)
            self.by_serial[found.serial] = found
            self.repositories[full_name.lower()] = found
        for attribute, value in changes.items():
            setattr(found, attribute, value)
        return found

    def place(self, repository: Repository, full_name: str) -> None:
        """Give a repository a new name; the old ones go on finding it, as on GitHub."""
        owner, _, name = full_name.partition("/")
        repository.owner, repository.name = self.owner(owner), name
        self.repositories[full_name.lower()] = repository

    def project(
        self,
        owner: str,
        number: int,
        *,
        statuses: Iterable[str] = ("Todo", "In Progress", "Done"),
        is_user: bool = False,
        **changes: Any,
    ) -> Project:
        """Make a board, or change it: `project("acme", 3, statuses=("Ideas", "Shipped"), public=False)`."""
        key = (owner.lower(), number)
        if key not in self.projects:
            made = Project(self.owner(owner, is_user=is_user), number, len(self.projects) + 1, statuses)
            self.projects[key] = self.projects_by_serial[made.serial] = made
        for attribute, value in changes.items():
            setattr(self.projects[key], attribute, value)
        return self.projects[key]

    def token(self, value: str, **powers: Any) -> Token:
        """Make a token; from now on only tokens made are known, any other is refused with 401."""
        self.tokens[value] = Token(value, **powers)
        return self.tokens[value]

    def comment(self, subject: Issue | PullRequest, body: str, author: str) -> Comment:
        """Add a comment to a discussion."""
        made = Comment(subject, len(self.comments) + 1, body, author)
        self.comments[made.id] = made
        subject.comments += (made,)
        return made

    def find(self, identity: str) -> Any:
        """Return the node with this id, None where there is none."""
        return _find(self, identity)


def _find(world: World, identity: str) -> Any:
    prefix, _, rest = identity.partition("_")
    if prefix == "IC":
        return world.comments.get(identity)
    if prefix in {"O", "U"}:
        return next((owner for owner in world.owners.values() if owner.id == identity), None)
    if not rest[2:].isdigit():
        return None
    serial, number = int(rest[2:8]), int(rest[8:] or 0)
    if prefix in {"I", "PR", "R"}:
        repository = world.by_serial.get(serial)
        found = repository if prefix == "R" or repository is None else repository.numbers.get(number)
        return found if found is not None and found.id == identity else None
    project = world.projects_by_serial.get(serial)
    if project is None or prefix == "PVT":
        return project
    card = project.card(number)
    if prefix == "PVTI":
        return card
    return card.content if card is not None and card.content.id == identity else None

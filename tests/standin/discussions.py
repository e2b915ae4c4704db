"""Owns what people talk about: issues, pull requests, drafts and comments; must not know repositories or boards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.standin.boards import Card
    from tests.standin.world import Repository

DAY = "2026-01-02T03:04:05Z"


class Revision:
    """Counts every change of any world, so that what was worked out before can be thrown away."""

    now = 0


class Watched:
    """A value whose every assignment is counted."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        Revision.now += 1
        object.__setattr__(self, name, value)


class Issue(Watched):
    """An issue; `reason` is GitHub's `stateReason`, `labels` are names."""

    __slots__ = (
        "assignees",
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

    def __init__(self, repository: Repository, number: int, title: str) -> None:
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
        self.assignees: tuple[str, ...] = ()
        self.body = ""
        self.author = "somebody"
        self.comments: tuple[Comment, ...] = ()

    @property
    def url(self) -> str:
        """Return the page of the issue."""
        return f"{self.repository.url}/issues/{self.number}"

    def change(self, *, state: str | None = None, parent: Issue | None = None, **others: Any) -> Issue:
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
    """A pull request; `base` and `head` are branch names.

    `head_repository` is another one for a fork's, None for a fork that is gone.

    `reviewers` are those asked to review: logins, and teams as `acme/crew`.

    `head_oid` is where the branch was when it was closed or merged; empty while it follows the branch.
    """

    __slots__ = (
        "assignees",
        "author",
        "base",
        "body",
        "cards",
        "closed_at",
        "closes",
        "comments",
        "events",
        "head",
        "head_oid",
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

    def __init__(self, repository: Repository, number: int, title: str) -> None:
        self.repository = repository
        self.head_repository: Repository | None = repository
        self.number = number
        self.id = f"PR_kw{repository.serial:06d}{number:010d}"
        self.title = title
        self.state = "OPEN"
        self.closed_at: str | None = None
        self.merged_at: str | None = None
        self.updated_at = DAY
        self.base = repository.default_branch
        self.head = f"topic-{number}"
        self.head_oid = ""
        self.is_draft = False
        self.labels: tuple[str, ...] = ()
        self.milestone: str | None = None
        self.closes: tuple[Issue, ...] = ()
        self.cards: tuple[Card, ...] = ()
        self.assignees: tuple[str, ...] = ()
        self.body = ""
        self.author = "somebody"
        self.comments: tuple[Comment, ...] = ()
        self.events: tuple[Event, ...] = ()
        self.reviewers: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Return the page of the pull request."""
        return f"{self.repository.url}/pull/{self.number}"

    def change(self, *, state: str | None = None, closes: Iterable[Issue] = (), **others: Any) -> PullRequest:
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

    def close(self, by: str, now: str = DAY) -> None:
        """Close without merging, by someone."""
        self.change(state="CLOSED")
        self.closed_at = now
        self.events += (Event("ClosedEvent", by, f"CE_{self.id}_{len(self.events)}", now),)


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


class Draft(Watched):
    """A draft issue: it lives on its board only."""

    __slots__ = ("assignees", "body", "cards", "id", "title", "updated_at")

    def __init__(self, title: str, body: str = "") -> None:
        self.title = title
        self.body = body
        self.id = ""
        self.updated_at = DAY
        self.cards: tuple[Card, ...] = ()
        self.assignees: tuple[str, ...] = ()


Content = Issue | PullRequest | Draft

"""Owns what a token may see and the state of one request; must not know GraphQL documents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.standin import policies, problems
from tests.standin.connections import Connection, page
from tests.standin.limits import NO_COST, Cost
from tests.standin.schema import TODAY
from tests.standin.touches import Touching
from tests.standin.world import (
    Card,
    Comment,
    Draft,
    Issue,
    Owner,
    Project,
    PullRequest,
    Ref,
    Repository,
    Revision,
    Token,
    World,
)


@dataclass(slots=True)
class Rows:
    """Lists worked out before, good until any world changes."""

    revision: int = -1
    known: dict[Any, Sequence[Any]] = field(default_factory=dict)

    def of(self, key: Any, make: Callable[[], Sequence[Any]]) -> Sequence[Any]:
        """Return the list for a key, made at most once between two changes."""
        if self.revision != Revision.now:
            self.known.clear()
            self.revision = Revision.now
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]


@dataclass(slots=True)
class Visit:
    """One request while it is answered."""

    world: World
    token: Token
    rows: Rows
    now: str
    cost: Cost = NO_COST
    limit: int = 5000
    used: int = 0
    reset_at: str = ""
    host: str = TODAY
    duplicates_read_as: str | None = None
    touching: Touching | None = None
    nodes: int = 0
    connections: int = 0

    def page(self, rows: Sequence[Any], arguments: dict[str, Any]) -> Connection:
        """Return one page of a list, and count it."""
        asked = {name: arguments.get(name) for name in ("first", "last", "after", "before")}
        made = page(rows, **asked)
        self.nodes += len(made.nodes)
        self.connections += 1
        return made


def is_hidden(visit: Visit, repository: Repository) -> bool:
    """Whether GitHub says of the repository that there is none."""
    token, name = visit.token, repository.full_name
    return name.lower() in token.hidden or (repository.visibility != "PUBLIC" and not token.sees_private(name))


def see_repository(visit: Visit, repository: Repository | None, asked: str) -> Repository:
    """Return the repository; raises the `Problem` that GitHub has for this token."""
    if repository is None or is_hidden(visit, repository):
        raise problems.no_repository(asked)
    refuse_protected(visit, repository)
    return repository


def refuse_protected(visit: Visit, repository: Repository) -> None:
    """Raise where a policy or a missing permission stands before a repository."""
    refuse_by_policy(visit, repository.owner)
    if repository.full_name.lower() in visit.token.forbidden:
        raise problems.forbidden(visit.token.kind)


def refuse_by_policy(visit: Visit, owner: Owner) -> None:
    """Raise where an owner turns this token away."""
    refusal = policies.refusal(visit.token, owner)
    if refusal is not None:
        raise refusal


def permit(visit: Visit, repository: Repository, permission: str) -> None:
    """Raise where a token may not read this of a repository that is not open to all.

    The words and the null are on record (github.com/cli/cli/issues/9403, github.com/github/gh-aw/issues/50835).
    """
    if repository.visibility != "PUBLIC" and not visit.token.may(permission):
        raise problems.forbidden(visit.token.kind)


def permit_discussion(visit: Visit, subject: Issue | PullRequest) -> None:
    """Raise where a token may not read issues, or pull requests."""
    permit(visit, subject.repository, "issues" if isinstance(subject, Issue) else "pull_requests")


def may_write(visit: Visit, repository: Repository, *permissions: str) -> bool:
    """Whether one of these permissions is there to write with."""
    token = visit.token
    is_member = token.may_write and token.is_for(repository.full_name) and repository.permission != "READ"
    return is_member and any(token.may(permission, "write") for permission in permissions)


def see_project(visit: Visit, project: Project | None, number: int) -> Project:
    """Return the board; raises the `Problem` that GitHub has for this token."""
    if project is None or is_project_hidden(visit, project):
        raise problems.no_project(number)
    refuse_by_policy(visit, project.owner)
    return project


def is_project_hidden(visit: Visit, project: Project) -> bool:
    """Whether GitHub says of the board that there is none."""
    token = visit.token
    is_unseen = f"{project.owner.login}/{project.number}".lower() in token.unseen
    return token.board_view == "hidden" or is_unseen or (not project.public and not token.private)


def is_redacted(visit: Visit, card: Card) -> bool:
    """Whether the item shows itself as redacted: what it is a card of is not for this token."""
    content = card.content
    return card.redacted or (not isinstance(content, Draft) and is_hidden(visit, content.repository))


def see_node(visit: Visit, identity: str) -> Any:
    """Return the node with this id; raises the `Problem` that GitHub has for this token."""
    found = visit.world.find(identity)
    repository, project = _repository_of(found), _board_of(found)
    is_away = repository is not None and is_hidden(visit, repository)
    if found is None or is_away or (project is not None and is_project_hidden(visit, project)):
        raise problems.no_node(identity)
    if repository is not None:
        refuse_protected(visit, repository)
    if project is not None:
        refuse_by_policy(visit, project.owner)
    if isinstance(found, Issue | PullRequest):
        permit_discussion(visit, found)
    return found


def _repository_of(found: Any) -> Repository | None:
    """Return the repository that a node is or is a part of."""
    part = found.subject if isinstance(found, Comment) else found
    if isinstance(part, Issue | PullRequest | Ref):
        return part.repository
    return part if isinstance(part, Repository) else None


def _board_of(found: Any) -> Project | None:
    """Return the board that a node is a part of."""
    part = found.cards[0] if isinstance(found, Draft) else found
    if isinstance(part, Card):
        return part.project
    return part if isinstance(part, Project) else None

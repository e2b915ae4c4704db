"""Owns what the stand-in for GitHub knows: owners, repositories and tokens, with their discussions and boards.

Must not know GraphQL. Ids are the same in every run that makes the same world in the same order. Set
attributes freely (`issue.state = "CLOSED"`); a board's cards change through its methods, labels and the like
are tuples to be replaced: so the stand-in sees every change and may keep what it worked out before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.standin.boards import Card, Field, Option, Project, View
from tests.standin.discussions import DAY, Comment, Content, Draft, Event, Issue, PullRequest, Revision, Watched
from tests.standin.git import Git
from tests.standin.rulesets import Rule
from tests.standin.tokens import Token

__all__ = [
    "DAY",
    "Card",
    "Comment",
    "Content",
    "Draft",
    "Event",
    "Field",
    "Issue",
    "Option",
    "Owner",
    "Project",
    "PullRequest",
    "Ref",
    "Repository",
    "Revision",
    "Rule",
    "Token",
    "View",
    "World",
]


class Owner(Watched):
    """An organisation or a user.

    `refuses` is what its policy turns away from all that it owns: `oauth apps`, `addresses` (any token), `classic
    tokens`, `long lifetimes` (of fine-grained tokens), `no sign-on` (tokens with scopes); empty for nothing.
    """

    __slots__ = ("id", "is_user", "login", "name", "refuses", "saml_url", "teams")

    def __init__(self, login: str, serial: int, *, is_user: bool) -> None:
        self.login = self.name = login
        self.is_user = is_user
        self.id = f"{'U' if is_user else 'O'}_kg{serial:06d}"
        self.saml_url = f"https://github.com/orgs/{login}/sso?authorization_request=test"
        self.teams: tuple[str, ...] = ()
        self.refuses = ""

    @property
    def url(self) -> str:
        """Return the page of the owner."""
        return f"https://github.com/{self.login}"


class Repository(Watched):
    """A repository with its issues and pull requests by number, its branches in `git` and the rules for them."""

    __slots__ = (
        "default_branch",
        "git",
        "is_archived",
        "labels",
        "name",
        "numbers",
        "owner",
        "permission",
        "pull_requests_by_actions",
        "rules",
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
        self.labels: tuple[str, ...] = ()
        self.permission = "WRITE"
        self.pull_requests_by_actions = True
        self.rules: tuple[Rule, ...] = ()

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
        return found.change(title=title or found.title, **changes)

    def pull(self, number: int, title: str = "", **changes: Any) -> PullRequest:
        """Make the pull request, or change it: `pull(7, state="MERGED", base="main", closes=[issue])`."""
        found = self.numbers.get(number)
        if found is None:
            found = self.numbers[number] = PullRequest(self, number, title or f"Pull request {number}")
        assert isinstance(found, PullRequest), f"{self.full_name}#{number} is an issue"
        return found.change(title=title or found.title, **changes)

    def pulls_of_forks(
        self, count: int, head: str, *, first: int = 1000, state: str = "CLOSED", gone: bool = False
    ) -> list[PullRequest]:
        """Make so many people's pull requests from branches of one name in their forks, which may be gone since."""
        made = []
        for number in range(first, first + count):
            fork = None if gone else self.world.repository(f"stranger-{number}/{self.name}")
            made.append(self.pull(number, head=head, head_repository=fork, author=f"stranger-{number}", state=state))
        return made

    def rename_branch(self, branch: str, name: str) -> None:
        """Rename a branch: open pull requests into it follow, those from it are closed, done ones keep the old name.

        docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-branches-in-your-repository/renaming-a-branch
        """
        self.git.branch(branch)
        for pull in self.numbers.values():
            if isinstance(pull, PullRequest) and pull.state == "OPEN":
                pull.base = name if pull.base == branch else pull.base
                if pull.head_repository is self and pull.head == branch:
                    pull.head_oid = self.git.head(branch).oid
                    pull.close(by=self.owner.login)
        self.git.rename(branch, name)
        self.default_branch = name if self.default_branch == branch else self.default_branch

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


@dataclass(frozen=True, slots=True)
class Ref:
    """A branch of a repository as a node."""

    repository: Repository
    name: str

    @property
    def id(self) -> str:
        """Return the node id."""
        return f"REF_kw{self.repository.serial:06d}{self.name}"


@dataclass(slots=True)
class World:
    """All that there is. Without a token of its own a world lets any token see everything.

    `signs_commits` tells whether the commits that mutations make have a verified signature: a GitHub Enterprise
    Server may not sign them.
    """

    owners: dict[str, Owner] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=dict)
    by_serial: dict[int, Repository] = field(default_factory=dict)
    projects: dict[tuple[str, int], Project] = field(default_factory=dict)
    projects_by_serial: dict[int, Project] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    signs_commits: bool = True
    #: The threads of reviews, by the pull request's id.
    threads: dict[str, tuple[Any, ...]] = field(default_factory=dict)

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

    def job_token(self, value: str, repository: str, **powers: Any) -> Token:
        """Make a job's own token: for one repository and no board (github.com/actions/add-to-project/issues/264)."""
        own = {"kind": "actions", "login": "github-actions[bot]", "boards": "hidden"}
        return self.token(value, **{**own, "repositories": frozenset({repository.lower()}), **powers})

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
    if prefix == "REF" and rest[2:8].isdigit():
        repository = world.by_serial.get(int(rest[2:8]))
        is_there = repository is not None and rest[8:] in repository.git.branches
        return Ref(repository, rest[8:]) if repository is not None and is_there else None
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

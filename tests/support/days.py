"""Plays days in the life of a repository whose page is kept by pull request: the board, people, and our runs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import respx

from roadmap_sync.board.model import Board, Item, Unread
from roadmap_sync.config.file import PullRequestOptions
from roadmap_sync.github.client import GitHub, Timing
from roadmap_sync.github.repository import RemoteRepository, Target
from roadmap_sync.page.model import Page
from roadmap_sync.page.parse import parse
from roadmap_sync.publishers.delivery import Delivered
from roadmap_sync.publishers.pull_request import keep
from roadmap_sync.rules import Rules
from tests.standin import Server, World, install
from tests.standin.world import PullRequest
from tests.support.makers import board, issue, rules

TOKEN = "test-token"
PLACE = "docs/roadmap.md"
BRANCH = "roadmap-sync"
PAGE = """\
# Roadmap

Words of a person.

## Engines

- [ ] [Fly](https://github.com/acme/rocket/issues/1)
- [ ] [Land](https://github.com/acme/rocket/issues/2)

More words.

- [ ] [Hover](https://github.com/acme/rocket/issues/3)

## Hull

- [ ] [Paint](https://github.com/acme/rocket/issues/4)
- [ ] By hand
"""


async def at_once(_seconds: float) -> None:
    """Do not wait."""


def said(outcome: str, number: int) -> Item | Unread:
    """Return what GitHub says of an issue whose verdict is to be this."""
    match outcome:
        case "done":
            return issue(number, "OPEN", "Shipped")
        case "open":
            return issue(number, "OPEN", "Backlog")
        case "dropped":
            return issue(number, "CLOSED", "Backlog", state_reason="NOT_PLANNED")
        case _:
            return Unread("it was not found")


@dataclass
class Days:
    """A repository, its page, what the board says (issue number to verdict), and a server that plays GitHub."""

    text: str = PAGE
    rules: Rules = field(default_factory=lambda: rules(path=PLACE))
    verdicts: dict[int, str] = field(default_factory=dict)
    server: Server = field(default_factory=lambda: Server(World()))
    options: PullRequestOptions = field(default_factory=lambda: PullRequestOptions(BRANCH))
    places: tuple[str, ...] = (PLACE,)
    boards_read: int = 0
    known: dict[tuple[str, bytes], Page] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.git.commit("main", {self.places[0]: self.text}, "Write the page", author="ann")

    @property
    def world(self) -> World:
        """Return the world behind the server."""
        return self.server.world

    @property
    def repository(self):
        """Return the repository."""
        return self.world.repository("acme/rocket")

    @property
    def git(self):
        """Return its branches and commits."""
        return self.repository.git

    @property
    def pulls(self) -> list[PullRequest]:
        """Return the pull requests, oldest first."""
        return [found for found in self.repository.numbers.values() if isinstance(found, PullRequest)]

    @property
    def open(self) -> PullRequest | None:
        """Return the open pull request; there is never more than one."""
        found = [pull for pull in self.pulls if pull.state == "OPEN"]
        assert len(found) <= 1, f"{len(found)} pull requests are open at once"
        return found[0] if found else None

    # The board ---------------------------------------------------------------------------------------------

    def board(self) -> Board:
        """Return the board as it is today."""
        answers = {f"acme/rocket#{number}": said(self.verdicts.get(number, "open"), number) for number in range(1, 100)}
        return board(extra=answers)

    async def read_board(self, _pages: Sequence[Page]) -> Board:
        """Answer for any page."""
        self.boards_read += 1
        return self.board()

    # People ------------------------------------------------------------------------------------------------

    def page(self, branch: str = "main") -> str:
        """Return the page on a branch."""
        return self.git.read(branch, self.places[0]).decode()

    def edit(self, old: str, new: str, branch: str = "main", author: str = "ann") -> None:
        """Let a person change the page; what they change must be there."""
        text = self.page(branch)
        assert old in text, f"{old!r} is not on {branch}"
        self.git.commit(branch, {self.places[0]: text.replace(old, new, 1)}, "Edit the page", author=author)

    def close(self) -> PullRequest:
        """Let a person close the pull request unmerged."""
        pull = self.open
        assert pull is not None
        pull.head_oid = self.git.branches.get(pull.head, "")
        pull.close(by="ann")
        return pull

    def reopen(self, pull: PullRequest) -> None:
        """Let a person open a closed pull request again."""
        pull.change(state="OPEN", head_oid="")

    def merge(self, *, squash: bool = False, keep_branch: bool = False) -> PullRequest:
        """Let a person merge the pull request."""
        pull = self.open
        assert pull is not None
        head = self.git.head(pull.head)
        if squash:
            files = self.git.merged(self.git.branches["main"], head.oid)
            self.git.commit("main", files, pull.title, author="ann")
        else:
            self.git.merge("main", head.oid, author="ann")
        pull.head_oid = head.oid
        pull.change(state="MERGED")
        if not keep_branch:
            del self.git.branches[pull.head]
        return pull

    # Our runs ----------------------------------------------------------------------------------------------

    @property
    def writes(self) -> int:
        """Return how many mutations GitHub was sent so far."""
        return sum(request.is_mutation for request in self.server.log)

    def targets(self) -> list[Target]:
        """Return the pages as the config names them; one that was located before is not located again."""
        return [Target(place, place, lambda data, place=place: self._located(place, data)) for place in self.places]

    def _located(self, place: str, data: bytes) -> Page:
        if (place, data) not in self.known:
            self.known[place, data] = parse(data, self._rules(place), "github.com")
        return self.known[place, data]

    def _rules(self, place: str) -> Rules:
        return self.rules if place == self.rules.path else rules(path=place)

    def run(self) -> Delivered:
        """Run once, as a scheduled job does."""
        with respx.mock(assert_all_called=False) as router:
            install(router, self.server)
            return asyncio.run(self.deliver())

    async def deliver(self) -> Delivered:
        """Run once, inside whatever answers for GitHub."""
        async with GitHub("https://api.github.com/graphql", TOKEN, deadline=60, timing=Timing(at_once)) as client:
            repository = RemoteRepository(client, "acme/rocket", BRANCH, self.targets())
            return await keep(repository, self.read_board, self.options, sleep=at_once)

    def line(self, number: int, branch: str = "main") -> str:
        """Return the line about an issue on a branch."""
        return next(line for line in self.page(branch).splitlines() if f"issues/{number})" in line)

"""Owns what a publisher is given and what it gives back; must not know where any of them publishes."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roadmap_sync.board.model import Board
from roadmap_sync.errors import GitHubError, RefusedError
from roadmap_sync.page.model import Page
from roadmap_sync.plan.plan import Plan
from roadmap_sync.pull_request.aim import LeftOut
from roadmap_sync.report.comment import Suggestion
from roadmap_sync.worktree import Worktree

if TYPE_CHECKING:
    # Files are written without an HTTP client.
    from roadmap_sync.config.file import PullRequestOptions
    from roadmap_sync.github.access import Access
    from roadmap_sync.github.discussion import Discussion, Seen
    from roadmap_sync.github.repository import Target

#: Reads the board for some pages. Raises GitHubError and InputError.
ReadBoard = Callable[[Sequence[Page]], Awaitable[Board]]


@dataclass(frozen=True, slots=True)
class Checkout:
    """A plan for the files of a work tree."""

    plan: Plan
    tree: Worktree


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository on GitHub that holds the pages.

    `access` is for the token that writes, `deadline` in seconds for all that is asked with it.
    """

    access: "Access"
    deadline: float
    full_name: str
    options: "PullRequestOptions"
    targets: "tuple[Target, ...]"
    read_board: ReadBoard


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan to be told on a pull request.

    `text` is the comment; `key` tells it from comments for other configs. `suggestions` come with their pages' paths
    from the repository's top.
    """

    discussion: "Discussion"
    seen: "Seen"
    plan: Plan
    text: str
    key: str
    suggestions: tuple[tuple[str, Suggestion], ...] = ()


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a run ended.

    `why` is one word for it: a Rest's reason, `committed`, `written`, or for a comment `none`, `added`, `edited` or
    `kept`. `plan` is what was published, with the error of each page that could not be; `left_out` is what was
    declined; `steps` names what was done, `said` holds what a person should know.
    """

    why: str
    plan: Plan
    url: str = ""
    left_out: tuple[LeftOut, ...] = ()
    steps: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    error: GitHubError | RefusedError | None = None

    @property
    def declined(self) -> tuple[int, ...]:
        """Return the numbers of the pull requests in which somebody declined something that is due."""
        return tuple(sorted({one.number for one in self.left_out if one.number}))

"""Owns what GitHub says of the one pull request: base, branch, and the pull requests from it, as just read.

Must not know how GitHub is asked, nor what a body looks like.
"""

from dataclasses import dataclass

from roadmap_sync.errors import RoadmapSyncError
from roadmap_sync.page.history import History
from roadmap_sync.page.model import Page
from roadmap_sync.pull_request.memory import Key, Record, digest_of


@dataclass(frozen=True, slots=True)
class Tip:
    """The newest commit of a branch and our pages in it, in the config's order; an error where one has no page."""

    oid: str
    pages: tuple[Page | RoadmapSyncError, ...]
    histories: tuple[History, ...] = ()

    def history(self, index: int) -> History:
        """Return what earlier versions of a page referred to; nothing where that was not asked."""
        return self.histories[index] if self.histories else History()

    @property
    def digest(self) -> str:
        """Return a digest of the pages' bytes."""
        return digest_of(*(page.data if isinstance(page, Page) else "" for page in self.pages))


@dataclass(frozen=True, slots=True)
class Branch:
    """Our branch. `ahead` and `behind` count commits against the base.

    `is_ours`: every commit that the base lacks is ours. `made` are the changes that our newest commit lists, None
    where no commit there is ours.
    """

    id: str
    tip: Tip
    ahead: int
    behind: int
    is_ours: bool
    made: frozenset[Key] | None = None


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request from our branch.

    `said` holds the marks of our comments on it, `record` what its body remembers; None for one that is not ours.
    """

    id: str
    number: int
    url: str
    state: str
    title: str
    body: str
    base: str
    is_ours: bool
    is_draft: bool = False
    is_conflicting: bool = False
    head_oid: str = ""
    said: frozenset[str] = frozenset()
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that GitHub says: the base, our branch or None, and the pull requests from it."""

    paths: tuple[str, ...]
    base: Tip
    branch: Branch | None
    pulls: tuple[Pull, ...]

    @property
    def open(self) -> Pull | None:
        """Return the open pull request. GitHub allows one from a branch to a base."""
        return next((pull for pull in self.pulls if pull.state == "OPEN"), None)

    @property
    def newest(self) -> Pull | None:
        """Return the pull request with the newest record."""
        known = [pull for pull in self.pulls if pull.record]
        return max(known, key=lambda pull: (pull.record or Record()).serial, default=None)

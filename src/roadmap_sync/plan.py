"""Owns the plan: asks each kind of change, orders, guards and proves. Pure; must not know files or GitHub."""

from dataclasses import dataclass

from roadmap_sync.board import Board
from roadmap_sync.changes import Change, Note
from roadmap_sync.errors import RoadmapSyncError
from roadmap_sync.page import Page
from roadmap_sync.rules import CHANGE_KINDS, ChangeKind


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guard that this page's plan goes over."""

    guard: ChangeKind
    limit: int
    would_be: int


@dataclass(frozen=True, slots=True)
class PagePlan:
    """What is to be done to one page. `page` is None where `error` says why it could not be read.

    `guessed_done` names the options that were taken for done where no config names them.
    """

    path: str
    page: Page | None
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    refusal: Refusal | None = None
    error: RoadmapSyncError | None = None
    guessed_done: tuple[str, ...] = ()

    @property
    def result(self) -> bytes:
        """Return the page's bytes with the plan carried out; as they were where there is nothing to do."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Plan:
    """The plans of all pages of a run, from one reading of the board."""

    pages: tuple[PagePlan, ...]
    board: Board | None = None

    @property
    def counts(self) -> dict[ChangeKind, int]:
        """Return how many changes of each kind there are on all pages."""
        kinds = [change.kind for page in self.pages for change in page.changes]
        return {kind: kinds.count(kind) for kind in CHANGE_KINDS}

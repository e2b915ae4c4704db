"""Makes boards at random for the references of a page: by hypothesis, and from a seed for pages of the corpus.

What may be so of a reference, and how often, stands in WEIGHTS. Two references in one line and one reference on
several lines are the page's doing; that two spellings of a page turn out to be one item (a renamed repository) is
done here.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from hypothesis import strategies as st

from roadmap_sync.board.model import Board, ClosingPull, Item, Unread
from roadmap_sync.references import Reference
from tests.support.makers import board, draft, issue, pull

#: How often each situation comes up among 100 references; each is made by the function of its name below.
WEIGHTS = {
    "unknown": 8,
    "absent_from_snapshot": 3,
    "private": 5,
    "strange_state": 3,
    "boards_not_read": 4,
    "renamed": 6,
    "merged_twins": 3,
    "archived_shipped": 5,
    "issue_open": 6,
    "issue_open_in_progress": 6,
    "issue_open_shipped": 4,
    "issue_reopened": 3,
    "issue_reopened_shipped": 4,
    "issue_looks_done": 4,
    "issue_completed": 6,
    "issue_completed_in_progress": 3,
    "issue_cancelled": 4,
    "issue_cancelled_shipped": 5,
    "issue_duplicate_shipped": 3,
    "empty_status": 5,
    "pull_open": 3,
    "pull_open_shipped": 3,
    "pull_merged": 6,
    "pull_merged_elsewhere": 4,
    "pull_merged_elsewhere_shipped": 4,
    "pull_closed_unmerged": 4,
    "pull_closed_unmerged_shipped": 3,
}

_DAY = "2024-06-26T10:00:00Z"
Maker = Callable[[Reference], Item | Unread]


def _issue(state: str = "OPEN", status: str = "", **more: object) -> Maker:
    closed = {"closed_at": _DAY} if state == "CLOSED" else {}
    return lambda r: issue(r.number, state, status, owner=r.owner, repo=r.repo, **(closed | more))


def _pull(state: str = "OPEN", status: str = "", **more: object) -> Maker:
    dated = {"MERGED": {"merged_at": _DAY, "closed_at": _DAY}, "CLOSED": {"closed_at": _DAY}}.get(state, {})
    return lambda r: pull(r.number, state, status, owner=r.owner, repo=r.repo, **(dated | more))


def _renamed(reference: Reference) -> Item:
    return issue(reference.number, "CLOSED", "Shipped", owner="new-home", repo=reference.repo, state_reason="COMPLETED")


def _twin(reference: Reference) -> Item:
    """All twins of a page are this one pull request, as two spellings of one number are after a rename."""
    return pull(77, "MERGED", "Shipped", owner="new-home", repo="all-in-one", merged_at=_DAY)


_CLOSING = (ClosingPull("acme", "rocket", 5, "MERGED"), ClosingPull("acme", "rocket", 6, "MERGED"))
_CANCELLED = {"state_reason": "NOT_PLANNED"}

MAKERS: dict[str, Maker] = {
    "unknown": lambda r: Unread("not found, or this token may not see it"),
    "absent_from_snapshot": lambda r: Unread("not in the snapshot", absent_from_snapshot=True),
    "private": _issue("CLOSED", "Shipped", state_reason="COMPLETED", is_private=True),
    "strange_state": _issue("CLOSED", "Shipped", state_reason="PAUSED"),
    "boards_not_read": lambda r: Unread("its list of boards could not be read to the end"),
    "renamed": _renamed,
    "merged_twins": _twin,
    "archived_shipped": _issue("CLOSED", "Shipped", state_reason="COMPLETED", archived=True),
    "issue_open": _issue(),
    "issue_open_in_progress": _issue("OPEN", "Working on it"),
    "issue_open_shipped": _issue("OPEN", "Coming soon"),
    "issue_reopened": _issue("OPEN", state_reason="REOPENED"),
    "issue_reopened_shipped": _issue("OPEN", "Shipped", state_reason="REOPENED"),
    "issue_looks_done": _issue("OPEN", "Backlog", closing=_CLOSING),
    "issue_completed": _issue("CLOSED", state_reason="COMPLETED"),
    "issue_completed_in_progress": _issue("CLOSED", "Working on it", state_reason="COMPLETED"),
    "issue_cancelled": _issue("CLOSED", **_CANCELLED),
    "issue_cancelled_shipped": _issue("CLOSED", "Shipped", **_CANCELLED),
    "issue_duplicate_shipped": _issue("CLOSED", "Shipped", state_reason="DUPLICATE"),
    "empty_status": _issue("OPEN", "", on_board=True),
    "pull_open": _pull(),
    "pull_open_shipped": _pull("OPEN", "Shipped"),
    "pull_merged": _pull("MERGED"),
    "pull_merged_elsewhere": _pull("MERGED", base="v2"),
    "pull_merged_elsewhere_shipped": _pull("MERGED", "Shipped", base="v2"),
    "pull_closed_unmerged": _pull("CLOSED"),
    "pull_closed_unmerged_shipped": _pull("CLOSED", "Shipped"),
}

#: Drafts have a Status or none; nothing else can be so of them.
_DRAFTS = ("Shipped", "Backlog", "")


def answer(reference: Reference, situation: str) -> Item | Unread:
    """Return what GitHub says of a reference in a situation of WEIGHTS."""
    if reference.draft and situation not in {"unknown", "absent_from_snapshot"}:
        return draft(reference.draft, _DRAFTS[len(situation) % len(_DRAFTS)])
    return MAKERS[situation](reference)


def of_situations(references: Sequence[Reference], situations: Sequence[str]) -> Board:
    """Return the board on which each reference is in the situation beside it."""
    answers = {r.key: answer(r, s) for r, s in zip(references, situations, strict=True)}
    return replace(board(extra=answers), title="At random")


def from_seed(references: Sequence[Reference], seed: int) -> Board:
    """Return the board that belongs to a seed."""
    choose = random.Random(seed)  # noqa: S311 - nothing secret hangs on it
    return of_situations(references, choose.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()), k=len(references)))


def all_done(references: Sequence[Reference]) -> Board:
    """Return the board on which every reference is done."""
    return of_situations(references, ["pull_merged"] * len(references))


def reordered(board: Board, keys: Iterable[str]) -> Board:
    """Return the same board with its answers in another order."""
    return replace(board, answers={key: board.answers[key] for key in keys})


def boards(references: Sequence[Reference]) -> st.SearchStrategy[Board]:
    """Return boards for these references, with the situations as often as WEIGHTS says."""
    weighted = [situation for situation, weight in WEIGHTS.items() for _ in range(weight)]
    size = len(references)
    drawn = st.lists(st.sampled_from(weighted), min_size=size, max_size=size)
    return drawn.map(lambda situations: of_situations(references, situations))

"""Replays the seed page's history: a run each day from its first commit with a checklist to its last one.

The truth is `merged.tsv`: the day on which each linked pull request reached the default branch; all else stays
open. Dates are days, so a run sees what was merged the day before. The page is on each day what its people had
committed by then: a tick counts from the first day that a run would have made it to the commit that made it by hand.
"""

import csv
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from tests.support.shared import SHARED

from benchmarks.table import Goal, print_goals, print_table
from roadmap_sync.board.model import Board, Item, Placement, Unread
from roadmap_sync.page.model import Page
from roadmap_sync.page.parse import parse
from roadmap_sync.plan.plan import make_page_plan
from roadmap_sync.references import Reference
from roadmap_sync.rules import Rules

RULES = Rules(
    path="docs/roadmap.md",
    repository="aws-powertools/powertools-lambda-python",
    repository_written=True,
    done=("Shipped",),
)

#: What people did by hand, by the issue: the pull requests they ticked after they had been merged.
BY_HAND = {2197, 2858, 3109, 3602}
#: Merged after the last commit, so no run of the replay may tick it.
LATER = 1998
#: Mixed in with a Status: both stand in open boxes, and must never be ticked.
CANCELLED, ELSEWHERE = 2030, 2435
#: A run a day ticks by the next day.
MOST_DAYS = 1


@dataclass(frozen=True)
class History:
    """The page's versions by the day they were committed, and the day on which each pull request was merged."""

    versions: Mapping[date, Page]
    merged: Mapping[int, date]

    @classmethod
    def from_directory(cls, directory: Path) -> "History":
        """Read the versions and `merged.tsv`."""
        versions = {
            date.fromisoformat(path.stem): parse(path.read_bytes(), RULES, "github.com")
            for path in sorted(directory.glob("*.md"))
        }
        rows = csv.DictReader((directory / "merged.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t")
        return cls(versions, {int(row["number"]): date.fromisoformat(row["merged"]) for row in rows})

    def days(self) -> Iterator[tuple[date, Page]]:
        """Yield each day with the page as it stood."""
        first, last = min(self.versions), max(self.versions)
        for after in range((last - first).days + 1):
            day = first + timedelta(days=after)
            yield day, self.versions[max(one for one in self.versions if one <= day)]

    def ticked_by_hand(self, number: int) -> date | None:
        """Return the day of the first version that has a box of this reference ticked."""
        return next((day for day, page in self.versions.items() if _is_ticked(page, number)), None)


def _is_ticked(page: Page, number: int) -> bool:
    return any(item.is_ticked and any(one.number == number for one in item.references) for item in page.items)


def _item(reference: Reference, day: date, merged: Mapping[int, date], *, has_status: bool) -> Item:
    """Return what GitHub said of a reference on a day: merged if that was before it."""
    is_pull = "/pull/" in reference.spelled
    when = merged.get(reference.number)
    is_merged = when is not None and when < day
    state = "MERGED" if is_merged else "OPEN"
    item = Item(
        id=reference.key,
        kind="pull_request" if is_pull else "issue",
        owner=reference.owner,
        repo=reference.repo,
        number=reference.number,
        title="",
        url=reference.spelled,
        state=state,
        merged_at=f"{when}T00:00:00Z" if is_merged else None,
        base="develop" if is_pull else None,
        default_branch="develop" if is_pull else None,
    )
    if not has_status:
        return item
    placed = replace(item, placement=Placement(f"PVTI_{reference.number}", "Shipped" if is_merged else "Working on it"))
    return _mixed_in(placed)


def _mixed_in(item: Item) -> Item:
    """Make two items of the board what must never be ticked, though both are in a done column."""
    shipped = Placement(f"PVTI_{item.number}", "Shipped")
    if item.number == CANCELLED:
        return replace(item, state="CLOSED", state_reason="NOT_PLANNED", placement=shipped)
    if item.number == ELSEWHERE:
        return replace(item, state="MERGED", base="v4", placement=shipped)
    return item


def _board(page: Page, day: date, merged: Mapping[int, date], *, has_status: bool) -> Board:
    answers: dict[str, Item | Unread] = {
        reference.key: _item(reference, day, merged, has_status=has_status)
        for item in page.items
        for reference in item.references
    }
    options = ("Backlog", "Working on it", "Shipped") if has_status else ()
    return Board("", "", public=True, status_field="Status", options=options, answers=answers)


def first_ticks(history: History, *, has_status: bool) -> tuple[dict[int, date], Counter[int]]:
    """Return the day on which a run first ticks each reference, and how many runs call a reference's box doubtful."""
    found: dict[int, date] = {}
    doubted: Counter[int] = Counter()
    for day, page in history.days():
        plan = make_page_plan(page, _board(page, day, history.merged, has_status=has_status))
        if plan.error is not None:
            raise plan.error
        for change in plan.changes:
            found.setdefault(change.reference.number, day)
        doubted.update(note.reference.number for note in plan.notes if note.level == "attention" and note.reference)
    return found, doubted


def run() -> bool:
    """Replay without and with a Status column; print when each tick was due, made by hand, and made by a run."""
    directory = SHARED / "seed" / "history"
    if not directory.is_dir():
        print("the seed page's history is not at hand: set ROADMAP_SYNC_SHARED to the folder that holds seed/history")
        return False
    history = History.from_directory(directory)
    first, last = min(history.versions), max(history.versions)
    print(f"{len(history.versions)} versions, a run each day from {first} to {last}: {(last - first).days + 1} runs\n")
    goals: list[Goal] = []
    for has_status in (False, True):
        title = "with a Status column" if has_status else "without a board"
        ticks, doubted = first_ticks(history, has_status=has_status)
        goals += _judged(title, history, ticks)
        if has_status:
            goals += _mixed(doubted)
    later = history.merged[LATER]
    print(
        f"listed apart: #{LATER}, merged {later}, after the last commit; a run of {later + timedelta(days=1)} ticks it:"
    )
    print(f"  {_later(history, later)}\n")
    return print_goals(goals)


def _judged(title: str, history: History, ticks: Mapping[int, date]) -> list[Goal]:
    """Print one replay's ticks and return its goals."""
    rows, by_hand, by_run = [], [], []
    for number, day in sorted(ticks.items(), key=lambda pair: pair[1]):
        merged, hand = history.merged.get(number), history.ticked_by_hand(number)
        waits = [(one - merged).days if one and merged else None for one in (hand, day)]
        rows.append([f"#{number}", str(merged), str(hand), str(waits[0]), str(day), str(waits[1])])
        by_hand += [waits[0]] if waits[0] is not None else []
        by_run += [waits[1]] if waits[1] is not None else []
    print(f"{title}:")
    print_table(["tick", "merged", "by hand", "days", "by a run", "days"], rows)
    most, middle = max(by_run, default=0), statistics.median(by_hand or [0])
    print(f"by hand after {min(by_hand, default=0)} to {max(by_hand, default=0)} days, median {middle}; ", end="")
    print(f"by a run after at most {most}\n")
    expected, unexpected = set(ticks) & BY_HAND, set(ticks) - BY_HAND
    never = [number for number in ticks if history.ticked_by_hand(number) is None]
    return [
        Goal(
            f"{title}: ticks that people made by hand",
            len(expected),
            len(BY_HAND),
            f"{len(expected)} of 4",
            is_least=True,
        ),
        Goal(f"{title}: other ticks", len(unexpected), 0, f"{len(unexpected)}, none wanted"),
        Goal(f"{title}: ticks that no person made", len(never), 0, f"{len(never)}, none wanted"),
        Goal(f"{title}: days that a run waits", most, MOST_DAYS, f"{most}, by hand {middle} (median)"),
    ]


def _mixed(doubted: Counter[int]) -> list[Goal]:
    """Return whether the runs met what was mixed in, and left it with a note."""
    runs = [doubted[CANCELLED], doubted[ELSEWHERE]]
    said = f"#{CANCELLED} in {runs[0]} runs, #{ELSEWHERE} in {runs[1]}"
    return [Goal("with a Status column: mixed in, and only noted", min(runs), 1, said, is_least=True)]


def _later(history: History, merged: date) -> str:
    """Return what a run on the day after the merge changes on the last version."""
    page = history.versions[max(history.versions)]
    plan = make_page_plan(page, _board(page, merged + timedelta(days=1), history.merged, has_status=False))
    return "; ".join(f"{RULES.path}:{c.line}: {c.kind} #{c.reference.number} {c.because}" for c in plan.changes)

"""Builds by hand the plan that every form of report is shown with: each kind of change and note, and odd words."""

from dataclasses import replace

from roadmap_sync.board.model import Board, ReadCost
from roadmap_sync.page.model import Edit, Page
from roadmap_sync.plan.change import Change, Note
from roadmap_sync.plan.plan import PagePlan, Plan, Refusal
from roadmap_sync.references import Reference
from roadmap_sync.rules import NOTE_LEVELS
from tests.support.makers import page

TEXT = """\
# Roadmap

## Engines

- [ ] [Quiet nozzle](https://github.com/acme/rocket/pull/12) for night starts
- [x] [Wider tank](https://github.com/acme/rocket/issues/13#issuecomment-7)
- [ ] acme/pad#14, by hand

## Crew & *guests*

- [ ] [A window](https://github.com/acme/rocket/issues/15) <!-- roadmap-sync: known -->
- [ ] Seats
"""


def reference(number: int, repo: str = "rocket", spelled: str = "") -> Reference:
    """A reference into one of acme's repositories."""
    return Reference("acme", repo, number, spelled or f"acme/{repo}#{number}")


def change(on: Page, line: int, kind: str = "tick", **more) -> Change:
    """The change of a line's box, with the edits that make it."""
    item = next(item for item in on.items if item.line == line)
    before = on.lines[line - 1]
    state = {"tick": "x", "untick": " "}.get(kind, item.state)
    after = before[: item.column - 1] + state + before[item.column :]
    edits = (Edit(item.start, item.start + 1, state.encode()),)
    if kind == "strike":
        ends = (item.words.start, item.words.stop)
        edits = tuple(Edit(on.offset(item, end), on.offset(item, end), b"~~") for end in ends)
        after = f"{before[: item.column + 2]}~~{before[item.column + 2 :]}~~"
    known = item.references[0]
    fields = {
        "kind": kind,
        "line": line,
        "end_line": line,
        "column": item.column,
        "area": on.section_name(item),
        "reference": known,
        "item_id": f"I_{known.number}",
        "occurrence": 1,
        "title": f"Title {known.number}",
        "url": f"https://github.com/{known.owner}/{known.repo}/issues/{known.number}",
        "status": None,
        "verdict": "done",
        "rule": 5,
        "because": "merged 2024-06-26",
        "before": before,
        "after": after,
        "edits": edits,
    }
    return Change(**(fields | more))


def note(kind: str, line: int, message: str, about: Reference | None = None) -> Note:
    """A note at the level of its kind."""
    return Note(kind, NOTE_LEVELS[kind], line, message, about)


def page_plan(**more) -> PagePlan:
    """The plan of the page above: a tick, an untick and a strike under two headings, and four notes."""
    on = page(TEXT, path="docs/roadmap.md")
    changes = (
        change(on, 5),
        change(on, 6, "untick", verdict="open", rule=4, status="Backlog", because='Status "Backlog"'),
        change(on, 11, "strike", verdict="dropped", rule=2, because="closed as not planned 2024-05-01"),
    )
    notes = (
        note("unknown", 7, "not found, or this token may not see it", reference(14, "pad")),
        note("empty-status", 5, "on the board with an empty Status", reference(12)),
        note("moved-repository", 11, "now acme/cabin#15", reference(15)),
    )
    return replace(PagePlan("docs/roadmap.md", on, changes, notes), **more)


BOARD = Board(
    "https://github.com/orgs/acme/projects/3",
    "Rocket",
    True,
    "Status",
    ("Backlog", "Shipped"),
    {},
    digest=f"sha256:{'0' * 64}",
    read=ReadCost(2, 3, 0.51249, 6),
)


def plan(*pages: PagePlan) -> Plan:
    """The plan of these pages, by default of the one above."""
    return Plan(pages or (page_plan(),), BOARD)


REFUSED = Refusal("tick", 50, 80)

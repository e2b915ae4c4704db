"""Tests that added lines and moved areas stand in every report, with the same words."""

import json

import pytest

from roadmap_sync.board.facts import Facts
from roadmap_sync.plan.additions import queries
from roadmap_sync.plan.plan import Plan, make_page_plan
from roadmap_sync.report import json as json_report
from roadmap_sync.report import markdown, summary, text
from roadmap_sync.rules import Lifecycle
from tests.support.makers import area_of, board, draft, issue, page

TEXT = "# Map\n\n## Areas\n\n### A\n\n- [ ] a\n\n### B\n\n- [x] b\n\n## `Launched` now\n"


@pytest.fixture
def plan():
    """A plan with two new lines, one of them ticked, and a move."""
    one = page(
        TEXT,
        areas=(area_of("A", filter="label:x"), area_of("B", tracking="#9")),
        add=("Backlog",),
        add_done=True,
        launched=("Shipped",),
        move=True,
        lifecycle=Lifecycle("Launched now"),
    )
    done = issue(5, "CLOSED", title="Fly\n *high*", facts=Facts())
    world = board(
        issue(9, "CLOSED", "Shipped"),
        candidates={queries(one.rules)[0]: (done, draft("PVTI_q", "Backlog", title="Rest"))},
    )
    return Plan((make_page_plan(one, world),), world)


def test_text(plan):
    """Text shows what is new, and where an area goes."""
    assert text.render(plan) == (
        "roadmap.md: 2 additions, 1 move; 2 of 2 lines have no reference\n\n"
        "Areas > A\n      7  new -> [x]  Fly *high*\n         add: #5 closed\n"
        '      7  new -> [ ]  Rest\n         add: PVTI_q Status "Backlog"\n\n'
        'Areas > B\n      9  here -> Launched now  B\n         move: #9 Status "Shipped", closed\n'
    )


def test_first_line(plan):
    """The counts of the new kinds stand in the first line."""
    assert summary.summary(plan).startswith("roadmap.md: 2 additions, 1 move;")


def test_check(plan):
    """`check` names them a line each."""
    assert text.check_lines(plan) == (
        'roadmap.md:7:1: add #5 closed\nroadmap.md:7:1: add PVTI_q Status "Backlog"\n'
        'roadmap.md:9:1: move #9 Status "Shipped", closed\n'
    )


def test_markdown(plan):
    """The table shows them, harmless."""
    shown = markdown.render(plan)

    assert "| Areas &gt; A | 7 | `new` → `[x]` Fly \\*high\\* |" in shown
    assert "| Areas &gt; B | 9 | `here` → `Launched now` B |" in shown


def test_json(plan):
    """JSON says after which line they go, and counts them."""
    value = json.loads(json_report.render(plan, 0))

    assert [(c["kind"], c["line"], c["after_line"]) for c in value["pages"][0]["changes"]] == [
        ("add", 7, 7),
        ("add", 7, 7),
        ("move", 9, 13),
    ]
    assert (value["counts"]["add"], value["counts"]["move"]) == (2, 1)
    assert value["pages"][0]["changes"][0]["after"] == "- [x] [Fly \\*high\\*](https://github.com/acme/rocket/issues/5)"

"""Tests the verdict in words: the first line of every report."""

import json

import pytest

from roadmap_sync.errors import InputError, RefusedError
from roadmap_sync.plan.plan import PagePlan
from roadmap_sync.report import diff, markdown, text
from roadmap_sync.report import json as json_report
from roadmap_sync.report.summary import summary
from tests.support.makers import area_of, page
from tests.support.reported import REFUSED, change, note, page_plan, plan, reference

BOX = "[A](https://github.com/acme/rocket/issues/1)"


def made(source, ticks=0, notes=(), **more):
    """The plan of a page whose first boxes are ticked."""
    on = page(source)
    changes = tuple(change(on, item.line) for item in on.items[:ticks])
    return PagePlan("roadmap.md", on, changes, tuple(note(kind, 1, "…", reference(1)) for kind in notes), **more)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        pytest.param(
            page_plan(),
            "docs/roadmap.md: 1 tick, 1 untick, 1 strike; 1 of 5 lines has no reference; 1 needs attention, 2 remarks",
            id="one of each",
        ),
        pytest.param(
            made(f"- [ ] {BOX}\n- [ ] {BOX}\n- [ ] a\n- [x] b\n", 2, ["dropped"] * 2 + ["legend"]),
            "roadmap.md: 2 ticks; 2 of 4 lines have no reference; 2 need attention, 1 remark",
            id="more than one",
        ),
        pytest.param(
            made(f"- [x] {BOX}\n- [x] {BOX}\n"), "roadmap.md: in step; all 2 lines have a reference", id="in step"
        ),
        pytest.param(made(f"- [x] {BOX}\n"), "roadmap.md: in step; its only line has a reference", id="one line"),
        pytest.param(
            made("- [x] a\n"), "roadmap.md: nothing to check: its only line has no reference", id="one bare line"
        ),
        pytest.param(
            made("- [x] a\n- [ ] b\n", notes=["near-box"]),
            "roadmap.md: nothing to check: none of 2 lines has a reference; 1 remark",
            id="bare lines",
        ),
        pytest.param(
            made(f"- [x] ~~{BOX}~~\n- [ ] b\n"),
            "roadmap.md: nothing to check: the only line with a reference is left alone",
            id="a struck line",
        ),
        pytest.param(
            made(f"- [x] ~~{BOX}~~\n- [ ] {BOX} <!-- roadmap-sync: ignore -->\n- [ ] b\n"),
            "roadmap.md: nothing to check: all 2 lines with a reference are left alone",
            id="struck and ignored lines",
        ),
        pytest.param(
            made(f"- [x] {BOX}\n- [ ] {BOX}\n- [ ] b\n", notes=["unknown"], is_known=False),
            "roadmap.md: nothing to check: of 2 lines nothing is known for certain; 1 needs attention",
            id="nothing is known",
        ),
        pytest.param(made("# Roadmap\n\n- a\n"), "roadmap.md: nothing to check: no checklist", id="no checklist"),
        pytest.param(
            made("# R\n\n| a |\n| - |\n| b |\n"),
            "roadmap.md: nothing to check: no checklist; the table in line 3 is not read",
            id="a table",
        ),
        pytest.param(
            PagePlan("roadmap.md", page("# A\n", areas=(area_of(filter="label:x"),))),
            "roadmap.md: in step; no checklist",
            id="an area without a checklist",
        ),
        pytest.param(PagePlan("roadmap.md", None), "roadmap.md: not read", id="not read"),
        pytest.param(
            made(f"- [ ] {BOX}\n- [x] a\n", 1, refusal=REFUSED),
            "roadmap.md: refused, 80 ticks where at most 50 may be made at once (--allow tick=80 lets them through); "
            "1 of 2 lines has no reference",
            id="refused",
        ),
        pytest.param(
            made(f"- [x] {BOX}\n", guessed_done=("Shipped", "Coming\nsoon")),
            'roadmap.md: in step; its only line has a reference; done = "Shipped", "Coming soon" (guessed)',
            id="guessed",
        ),
        pytest.param(
            PagePlan("roadmap.md", None, error=InputError("byte 0xff is no UTF-8", where="roadmap.md:31", hint="x")),
            "roadmap.md: line 31: byte 0xff is no UTF-8",
            id="error in a line",
        ),
        pytest.param(
            PagePlan("roadmap.md", None, error=InputError("no such page", where="roadmap.md")),
            "roadmap.md: no such page",
            id="error of the page",
        ),
        pytest.param(
            made("- [x] a\n", error=RefusedError("not written", where="elsewhere")),
            "roadmap.md: elsewhere: not written",
            id="error elsewhere",
        ),
        pytest.param(
            PagePlan("a\x1b[2Jb.md", page("")), "a\\x1b[2Jb.md: nothing to check: no checklist", id="odd path"
        ),
    ],
)
def test_a_page_in_words(one, said):
    """One line says what is to be done, what has no reference, what needs a look, and what was guessed."""
    assert summary(plan(one)) == said


def test_changes_that_were_due_before_are_counted_apart():
    """`check --base` judges what was caused; the rest is a number."""
    on = page(f"- [ ] {BOX}\n- [ ] {BOX}\n- [ ] {BOX}\n")
    caused, *before = (change(on, line, caused=line == 1) for line in (1, 2, 3))
    both = PagePlan("roadmap.md", on, (caused, *before))
    none = PagePlan("roadmap.md", on, (before[0],))

    tail = "all 3 lines have a reference"
    assert summary(plan(both)) == f"roadmap.md: 1 tick; 2 changes were due before; {tail}"
    assert summary(plan(none)) == f"roadmap.md: nothing is caused here; 1 change was due before; {tail}"


def test_the_lack_of_a_done_status_is_said_once():
    """Where no Status can be guessed as done, the first page says so for the run."""
    one = made(f"- [x] {BOX}\n", guessed_done=())

    first, second = summary(plan(one, one)).split("\n")

    assert first == f"{second}; no Status means done"
    assert second == "roadmap.md: in step; its only line has a reference"


def test_every_report_begins_with_the_same_words():
    """Text, Markdown and JSON say what `diff` says on stderr; a patch says nothing."""
    shown = plan()
    words = summary(shown)

    assert text.render(shown).split("\n")[0] == words
    assert markdown.render(shown).split("\n")[0] == words
    assert json.loads(json_report.render(shown, 1))["summary"] == words
    assert words.encode() not in diff.render(shown)

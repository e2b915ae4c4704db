"""Tests the report that a person reads at a terminal, and the lines of `check`."""

import re

import pytest

from roadmap_sync.errors import RefusedError
from roadmap_sync.plan.plan import PagePlan, Refusal
from roadmap_sync.references import Reference
from roadmap_sync.report import text
from tests.support.makers import page
from tests.support.reported import TEXT, change, note, page_plan, plan, reference

GOLDEN = """\
docs/roadmap.md: 1 tick, 1 untick, 1 strike; 1 of 5 lines has no reference; 1 needs attention, 2 remarks

Engines
      5  [ ] -> [x]  Quiet nozzle for night starts
         tick: #12 merged 2024-06-26
      6  [x] -> [ ]  Wider tank
         untick: #13 Status "Backlog"

Crew & guests
     11  [ ] -> struck  A window
         strike: #15 closed as not planned 2024-05-01

Needs attention
  docs/roadmap.md:7: acme/pad#14 not found, or this token may not see it [unknown]
2 remarks; --notes all
"""


def test_the_report_in_full():
    """Summary, changes under their sections with the evidence, notes that need attention, remarks as a number."""
    assert text.render(plan()) == GOLDEN


def test_all_notes_are_shown_when_asked_for():
    """`notes="all"` lists what is otherwise counted, and counts nothing."""
    shown = text.render(plan(), notes="all")

    assert shown.endswith(
        """
Notes
  docs/roadmap.md:7: acme/pad#14 not found, or this token may not see it [unknown]
  docs/roadmap.md:5: #12 on the board with an empty Status [empty-status]
  docs/roadmap.md:11: #15 now acme/cabin#15 [moved-repository]
"""
    )


def test_colour_changes_no_word():
    """Without its colours the coloured report is the plain one."""
    colored = text.render(plan(), color=True)

    assert "\x1b[32m[ ] -> [x]\x1b[0m" in colored
    assert re.sub(r"\x1b\[\d+m", "", colored) == GOLDEN


@pytest.mark.parametrize(
    ("number", "end"),
    [
        pytest.param(10, "of this line [dropped]\n", id="ten are shown"),
        pytest.param(11, "of this line [dropped]\n1 more needs attention; --notes all\n", id="one is counted"),
        pytest.param(13, "of this line [dropped]\n3 more need attention; --notes all\n", id="three are counted"),
    ],
)
def test_at_most_ten_notes_are_shown(number, end):
    """A long list is not read: the first ten stand, the rest is a number."""
    notes = tuple(note("dropped", line, "of this line") for line in range(1, number + 1))

    shown = text.render(plan(page_plan(changes=(), notes=notes)))

    assert shown.count("[dropped]") == 10
    assert shown.endswith(end)


def test_a_page_in_step_is_one_line():
    """Nothing to do and nothing to say: the summary alone."""
    shown = text.render(plan(page_plan(changes=(), notes=())))

    assert shown == "docs/roadmap.md: in step; 1 of 5 lines has no reference\n"


def test_several_pages_are_named():
    """All summaries come first; each page with changes stands under its path, an unproved one shows none."""
    on = page("- [ ] acme/rocket#1\n", path="b.md")
    unproved = PagePlan("b.md", on, (change(on, 1),), error=RefusedError("not written"))
    other = PagePlan("c.md", page("- [ ] acme/rocket#1\n", path="c.md"))
    third = PagePlan("c.md", other.page, (change(other.page, 1),), (note("guard", 0, "whole page"),))

    shown = text.render(plan(unproved, third))

    assert shown == (
        "b.md: not written\n"
        "c.md: 1 tick; its only line has a reference; 1 needs attention\n"
        "\nc.md\n\n(before the first heading)\n"
        "      1  [ ] -> [x]  acme/rocket#1\n"
        "         tick: #1 merged 2024-06-26\n"
        "\nNeeds attention\n  c.md: whole page [guard]\n"
    )


def test_no_title_moves_the_cursor():
    """Control characters of a heading, a line, a reason and a note are spelled out."""
    on = page("# A\x1b[2J\n\n- [ ] B\x1b[1A acme/rocket#1\n")
    one = PagePlan("roadmap.md", on, (change(on, 3, because='Status "C\x1b]0;"'),), (note("guard", 0, "D\x07\u202e"),))

    shown = text.render(plan(one), notes="all")

    assert "\x1b" not in shown + text.check_lines(plan(one))
    assert all(word in shown for word in ("A\\x1b[2J", "B\\x1b[1A", "C\\x1b]0;", "D\\x07\\u202e"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("- [ ] [a](https://x.example/y_(z)){target=_blank} b", "a b", id="link with parentheses"),
        pytest.param("- [ ] see [a][one] and ![pic](p.png)", "see a and pic", id="reference link and image"),
        pytest.param("- [ ] a <!-- roadmap-sync: acme/rocket#2 --> b", "a b", id="pin"),
        pytest.param("- [ ] <!-- roadmap-sync: acme/rocket#2 -->", "Title 2", id="only a pin"),
        pytest.param(f"- [ ] {'long ' * 40}acme/rocket#1", "long " * 17 + "long…", id="long"),
    ],
)
def test_a_line_is_shown_by_its_words(line, words):
    """Links are reduced to their text, comments left out, long lines cut; without words the title stands in."""
    on = page(f"{line}\n\n[one]: https://github.com/acme/rocket/issues/1\n")
    item = on.items[0]
    known = item.references or (reference(1),)
    changed = change(page(TEXT), 5, before=line, column=item.column, title=f"Title {known[0].number}")

    assert f"  {words}\n" in text.render(plan(PagePlan("roadmap.md", on, (changed,))))


def test_check_prints_one_line_a_caused_change():
    """Path, line, column, what and why; changes that the base had are counted."""
    lines = text.check_lines(plan())
    known = tuple(change(page(TEXT), line, caused=False) for line in (5, 7))

    assert lines == (
        "docs/roadmap.md:5:4: tick #12 merged 2024-06-26\n"
        'docs/roadmap.md:6:4: untick #13 Status "Backlog"\n'
        "docs/roadmap.md:11:4: strike #15 closed as not planned 2024-05-01\n"
    )
    assert text.check_lines(plan(page_plan(changes=known))) == "docs/roadmap.md: 2 changes were due before\n"
    assert text.check_lines(plan(page_plan(changes=known[:1]))) == "docs/roadmap.md: 1 change was due before\n"
    assert text.check_lines(plan(page_plan(changes=()))) == ""


@pytest.mark.parametrize(
    ("about", "because", "said"),
    [
        pytest.param(Reference("Acme", "Rocket", 7, "#7"), "merged", "tick #7 merged", id="own repository"),
        pytest.param(Reference("acme", "pad", 7, ""), "merged", "tick acme/pad#7 merged", id="other repository"),
        pytest.param(Reference("", "", 0, "PVTI_a", draft="PVTI_a"), "why", "tick PVTI_a why", id="draft"),
        pytest.param(
            Reference("acme", "pad", 7, ""),
            "acme/pad#7 merged; acme/pad#8 closed",
            "tick acme/pad#7 merged; acme/pad#8 closed",
            id="several references",
        ),
    ],
)
def test_an_item_is_called_as_the_page_would(about, because, said):
    """`#N` in the page's own repository, the whole name elsewhere, and never twice."""
    changed = change(page(TEXT), 5, reference=about, because=because)

    assert text.check_lines(plan(page_plan(changes=(changed,)))) == f"docs/roadmap.md:5:4: {said}\n"


def test_what_was_due_before_is_marked_in_the_report():
    """With a base, a change that it had already says so."""
    changed = change(page(TEXT), 5, caused=False)

    assert "tick: #12 merged 2024-06-26 (due before)\n" in text.render(plan(page_plan(changes=(changed,))))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        pytest.param(
            "# T\n\n- [ ] a/b#1\n\n## A\n\n- [ ] a/b#1\n\n### B\n\n- [ ] a/b#1\n", ["T", "A", "A > B"], id="a title"
        ),
        pytest.param("# T\n\n## A\n\n- [ ] a/b#1\n\n# U\n\n- [ ] a/b#1\n", ["T > A", "U"], id="two titles"),
        pytest.param("## A\n\n- [ ] a/b#1\n\n# T\n\n- [ ] a/b#1\n", ["A", "T"], id="a title further down"),
    ],
)
def test_the_title_of_the_page_is_not_repeated(source, names):
    """A section is called by its path; the one heading above the whole page goes without saying."""
    on = page(source)
    one = PagePlan("roadmap.md", on, tuple(change(on, item.line) for item in on.items))

    assert [block.split("\n")[0] for block in text.render(plan(one)).split("\n\n")[1:]] == names


def test_what_was_done_is_told_in_the_past():
    """C11: once a page is written, its changes are past, and the last lines say what was written; others are not."""
    refused = PagePlan("other.md", page(TEXT), (change(page(TEXT), 5),), refusal=Refusal("tick", 0, 1))
    unproved = PagePlan("third.md", page(TEXT), (change(page(TEXT), 5),), error=RefusedError("moved"))
    shown = text.render(plan(page_plan(), refused, unproved, page_plan(changes=())), is_written=True)

    assert re.findall(r"^ +(\w+): ", shown, re.MULTILINE) == ["ticked", "unticked", "struck", "tick"]
    assert shown.endswith("remarks; --notes all\n\nwrote docs/roadmap.md: 1 tick, 1 untick, 1 strike\n")
    assert shown.count("wrote") == 1

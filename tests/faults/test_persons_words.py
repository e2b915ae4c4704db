"""Faults A14, B1 and C9: what a person wrote on the page is obeyed, or noted, wherever additions and moves come near."""

import pytest

from roadmap_sync.board.model import Facts
from roadmap_sync.plan.additions import queries
from roadmap_sync.plan.plan import make_page_plan
from roadmap_sync.rules import Lifecycle
from tests.support.makers import area_of, board, issue, link, page

LIFECYCLE = Lifecycle(launched_heading="Launched", dropped_heading="Dropped")
IGNORE = "<!-- roadmap-sync: ignore -->\n\n"


def planned(text, *items, new=(), **more):
    """The plan of a page whose area "Area" takes what is new; proved."""
    more = {"areas": (area_of("Area", filter="label:x", **more.pop("area", {})),), "add": ("Backlog",)} | more
    one = page(text, **more)
    plan = make_page_plan(one, board(*items, candidates=dict.fromkeys(queries(one.rules), tuple(new))))
    assert plan.error is None
    return plan


def new(number, **facts):
    """An item that the area lacks."""
    return issue(number, status="Backlog", facts=Facts(**facts))


@pytest.mark.parametrize(
    ("text", "added"),
    [
        pytest.param(f"# Area\n\n{IGNORE}- [ ] a\n", 0, id="section"),
        pytest.param(f"# Top\n\n{IGNORE}## Area\n\n- [ ] a\n", 0, id="section-above"),
        pytest.param(f"# Area\n\nSome words.\n\n{IGNORE}- [ ] a\n", 0, id="its-only-list"),
        pytest.param(f"# Area\n\nWords.\n\n{IGNORE}- [ ] a\n\nMore.\n\n- [ ] b\n", 1, id="one-list-of-two"),
        pytest.param(f"# Other\n\n{IGNORE}- [ ] a\n\n# Area\n\n- [ ] b\n", 1, id="another-section"),
        pytest.param("# Area\n\n- [ ] a <!-- roadmap-sync: ignore -->\n", 1, id="one-item"),
    ],
)
def test_what_is_ignored_gets_no_additions(text, added):
    """A14: `ignore` leaves a section, or a list, alone: nothing is added there, and nothing said of it."""
    plan = planned(text, new=[new(5)])

    assert (len(plan.changes), plan.notes) == (added, ())


@pytest.mark.parametrize(("ignore", "added"), [(IGNORE, 0), ("", 1)], ids=["ignored", "not-ignored"])
def test_an_ignored_section_gets_no_new_list(ignore, added):
    """A14: nor is a list begun there under the area's label."""
    plan = planned(f"# Area\n\n{ignore}Words.\n", new=[new(5)], area={"label": "More"})

    assert (len(plan.changes), plan.notes) == (added, ())


def test_an_ignored_parent_gets_no_sub_item():
    """A14: its sub-issue goes to the end of the list instead."""
    text = f"# Area\n\n- [ ] [a]({link(1)}) <!-- roadmap-sync: ignore -->\n- [ ] b\n"
    plan = planned(text, issue(1), new=[new(5, parent="acme/rocket#1")])

    assert plan.result.decode().splitlines()[-1] == f"- [ ] [Title 5]({link(5)})"


@pytest.mark.parametrize(("ignore", "kinds"), [(IGNORE, []), ("", ["move"])], ids=["ignored", "not-ignored"])
def test_an_ignored_section_does_not_move(ignore, kinds):
    """A14: neither is it moved, nor is it said that a move is due."""
    text = f"# Launched\n\n# Dropped\n\n# Rest\n\n## Area\n\n{ignore}words\n"
    area = {"tracking": "#1"}
    for move in (True, False):
        plan = planned(
            text,
            issue(1, "CLOSED", "Shipped"),
            area=area,
            move=move,
            lifecycle=LIFECYCLE,
            launched=("Shipped",),
            short_references=True,
        )
        assert [change.kind for change in plan.changes] == (kinds if move else [])
        assert [note.kind for note in plan.notes] == ([] if move or ignore else ["move-due"])


@pytest.mark.parametrize("order", [(12, 11), (11, 12)], ids=["sibling-first", "child-first"])
def test_a_nested_line_comes_before_its_parents_sibling(order):
    """B1: a sub-issue of the list's last line and a sibling of it, in either order of the board."""
    items = {12: new(12), 11: new(11, parent="acme/rocket#1")}
    text = f"# Area\n\n- [ ] [a]({link(1)})\n"
    plan = planned(text, issue(1), new=[items[number] for number in order])

    assert plan.result.decode() == f"{text}  - [ ] [Title 11]({link(11)})\n- [ ] [Title 12]({link(12)})\n"


def test_deeper_lines_come_first():
    """B1, the same kind: three depths of additions at one place."""
    text = f"# Area\n\n- [ ] [a]({link(1)})\n  - [ ] [b]({link(2)})\n"
    items = [new(13), new(12, parent="acme/rocket#1"), new(11, parent="acme/rocket#2")]
    plan = planned(text, issue(1), issue(2), new=items)

    assert plan.result.decode().splitlines()[4:] == [
        f"    - [ ] [Title 11]({link(11)})",
        f"  - [ ] [Title 12]({link(12)})",
        f"- [ ] [Title 13]({link(13)})",
    ]


@pytest.mark.parametrize(
    ("box", "is_near"),
    [
        pytest.param("[\u00a0] a", True, id="no-break-space-inside"),
        pytest.param("[ ]\u00a0a", True, id="no-break-space-behind"),
        pytest.param("[x]\u00a0a", True, id="no-break-space-behind-a-tick"),
        pytest.param("[\u202f] a", True, id="narrow-space"),
        pytest.param("[\u3000] a", True, id="ideographic-space"),
        pytest.param("[\u200b] a", True, id="zero-width-space"),
        pytest.param("[ x] a", True, id="blank-before-x"),
        pytest.param("[x ] a", True, id="blank-after-x"),
        pytest.param("[  ] a", True, id="two-blanks"),
        pytest.param("[ ]a", True, id="no-blank-behind"),
        pytest.param("[x]a", True, id="no-blank-behind-a-tick"),
        pytest.param("[] a", False, id="empty"),
        pytest.param("[~] a", False, id="another-state"),
        pytest.param("[-] a", False, id="a-dash"),
        pytest.param("[x](https://x.example) a", False, id="a-link"),
        pytest.param("[x][y] a", False, id="a-reference-link"),
        pytest.param("[ ] a", False, id="a-box"),
        pytest.param("a [\u00a0] b", False, id="in-the-middle"),
        pytest.param("`[\u00a0]` a", False, id="code"),
        pytest.param("[\u00a0] a <!-- roadmap-sync: ignore -->", False, id="ignored"),
    ],
)
def test_near_boxes(box, is_near):
    """C9: what a reader takes for a box and no renderer does is noted, never repaired."""
    text = f"- {box}\n"
    plan = make_page_plan(page(text), board())

    assert [note.kind for note in plan.notes] == (["near-box"] if is_near else [])
    assert plan.result == text.encode()


TITLE = "Read tide tables without a network connection"


def named(number, title, **more):
    """An item that the area lacks, with a title of its own."""
    return issue(number, status="Backlog", facts=Facts(), title=title, **more)


@pytest.mark.parametrize(
    ("line", "is_added"),
    [
        pytest.param(f"- [ ] {TITLE}", False, id="same-words"),
        pytest.param(f"- [ ] **{TITLE}**.", False, id="emphasis"),
        pytest.param(f"- [x] {TITLE}", False, id="ticked"),
        pytest.param(f"- [ ] ~~{TITLE}~~", False, id="struck"),
        pytest.param(f"- [ ] {TITLE} <!-- roadmap-sync: ignore -->", False, id="ignored-item"),
        pytest.param("- [ ] Draw a map of the harbour", True, id="other-words"),
        pytest.param("- [ ] Read", True, id="one-word"),
        pytest.param(f"- [ ] [{TITLE}]({link(9)})", True, id="a-line-about-another-item"),
    ],
)
def test_no_second_line_about_an_item(line, is_added):
    """A17: where a line without a reference seems to be about it, an item is withheld, with the pin that says so."""
    plan = planned(f"# Area\n\n{line}\n", issue(9), new=[named(5, TITLE), named(6, "Print a poster")])

    added = [change.reference.number for change in plan.changes]
    assert added == ([5, 6] if is_added else [6])
    said = "not added: line 3 seems to be about it; if it is, end that line with <!-- roadmap-sync: acme/rocket#5 -->"
    assert [note.message for note in plan.notes if note.kind == "withheld"] == ([] if is_added else [said])


def test_a_line_elsewhere_on_the_page_counts():
    """A17: the line may stand in another section than the area."""
    plan = planned(f"# Other\n\n- [ ] {TITLE}\n\n# Area\n\n- [ ] a\n", new=[named(5, TITLE)])

    assert plan.changes == ()

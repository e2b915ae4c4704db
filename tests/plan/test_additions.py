"""Tests which lines an area lacks, where each goes, and how it is spelled."""

from dataclasses import replace

import pytest

from roadmap_sync.board.facts import Facts, FieldValue
from roadmap_sync.board.model import Unread
from roadmap_sync.page.history import History
from roadmap_sync.plan.additions import field_slots, queries
from roadmap_sync.plan.plan import make_page_plan, question_of
from roadmap_sync.rules import Lifecycle
from tests.support.makers import ADDRESS, area_of, area_query, board, draft, issue, judged, link, page, pull

AREA = area_of("A", filter="label:x")
NONE = History()


def new(number=5, status="Backlog", **facts):
    """An open issue that the area's filter lets through."""
    return issue(number, status=status, facts=Facts(**facts))


def line(number=5, kind="issues"):
    """The words of its added line."""
    return f"[Title {number}]({link(number, kind)})"


def planned(text, *items, area=AREA, answers=(), history=NONE, **more):
    """The plan of a page with one area, for a board whose candidates are the items."""
    one = page(text, **({"areas": (area,), "add": ("Backlog",)} | more))
    world = board(*answers, candidates=dict.fromkeys(queries(one.rules), items))
    return make_page_plan(one, world, history)


def said(plan):
    """The kinds and messages of its notes."""
    return [(note.kind, note.message) for note in plan.notes]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("# A\n\n- [ ] a\n", f"# A\n\n- [ ] a\n- [ ] {line()}\n", id="dash"),
        pytest.param("# A\n\n* [x]  a\n", f"# A\n\n* [x]  a\n* [ ]  {line()}\n", id="gap-after-the-box"),
        pytest.param("# A\n\n-   [ ] a\n", f"# A\n\n-   [ ] a\n-   [ ] {line()}\n", id="gap-before-the-box"),
        pytest.param("# A\n\n- [ ]\n", f"# A\n\n- [ ]\n- [ ] {line()}\n", id="empty-sibling"),
        pytest.param("# A\n\n1. [ ] a\n2. [ ] b\n", f"# A\n\n1. [ ] a\n2. [ ] b\n3. [ ] {line()}\n", id="next-number"),
        pytest.param("# A\n\n1) [ ] a\n1) [ ] b\n", f"# A\n\n1) [ ] a\n1) [ ] b\n1) [ ] {line()}\n", id="same-number"),
        pytest.param("# A\n\n> + [ ] a\n", f"# A\n\n> + [ ] a\n> + [ ] {line()}\n", id="quoted"),
        pytest.param("# A\r\n\r\n- [ ] a\r\n", f"# A\r\n\r\n- [ ] a\r\n- [ ] {line()}\r\n", id="crlf"),
        pytest.param("# A\n\n- [ ] a", f"# A\n\n- [ ] a\n- [ ] {line()}", id="no-last-newline"),
        pytest.param("# A\n\n- [ ] a\n\n- [ ] b\n\nc\n", f"# A\n\n- [ ] a\n\n- [ ] b\n\n- [ ] {line()}\n\nc\n", id="loose"),
        pytest.param("# A\n\n> - [ ] a\n>\n> - [ ] b\n", f"# A\n\n> - [ ] a\n>\n> - [ ] b\n>\n> - [ ] {line()}\n", id="quoted-loose"),
        pytest.param(
            "# A\n\n- [ ] a\n\n- [ ] b\n- [ ] c\n", f"# A\n\n- [ ] a\n\n- [ ] b\n- [ ] c\n- [ ] {line()}\n", id="loose-further-up"
        ),
        pytest.param("# A\n\n- [ ] a\n  - [ ] b\n\n  c\n", f"# A\n\n- [ ] a\n  - [ ] b\n\n  c\n- [ ] {line()}\n", id="after-the-subtree"),
        pytest.param(
            "# A\n\n- [ ] a\n  <b>\n  c\n  </b>\n", f"# A\n\n- [ ] a\n  <b>\n  c\n  </b>\n- [ ] {line()}\n", id="after-a-tag-of-its-own"
        ),
        pytest.param("# A\n\n- [ ] a\n- b\n", f"# A\n\n- [ ] a\n- b\n- [ ] {line()}\n", id="after-a-plain-bullet"),
        pytest.param("# A\n\n- [ ] a\n\n* [ ] b\n\n## C\n\n- [ ] c\n", f"# A\n\n- [ ] a\n\n* [ ] b\n* [ ] {line()}\n\n## C\n\n- [ ] c\n", id="last-list"),
        pytest.param("# A\n\nx:\n\n- [ ] a\n\n**y**\n\n- [ ] b\n", f"# A\n\nx:\n\n- [ ] a\n- [ ] {line()}\n\n**y**\n\n- [ ] b\n", id="label"),
        pytest.param("# A\n\n!!! note\n\n    - [ ] a\n", f"# A\n\n!!! note\n\n    - [ ] a\n    - [ ] {line()}\n", id="admonition"),
    ],
)  # fmt: skip
def test_form(before, after):
    """A new line copies its last sibling and goes after that sibling's whole subtree."""
    area = replace(AREA, label="x") if "x:" in before else AREA
    plan = planned(before, new(), area=area)

    assert plan.result == after.encode()
    assert (plan.error, plan.notes) == (None, ())


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        pytest.param(
            "# A\n\n- [ ] acme/rocket#9\n- [ ] b\n",
            f"# A\n\n- [ ] acme/rocket#9\n  - [ ] {line()}\n- [ ] b\n",
            {},
            id="two",
        ),
        pytest.param(
            "# A\n\n- [ ] acme/rocket#9\n- [ ] b\n",
            f"# A\n\n- [ ] acme/rocket#9\n    - [ ] {line()}\n- [ ] b\n",
            {"dialect": "mkdocs"},
            id="four-for-mkdocs",
        ),
        pytest.param(
            "# A\n\n1. [ ] acme/rocket#9\n", f"# A\n\n1. [ ] acme/rocket#9\n   - [ ] {line()}\n", {}, id="ordered"
        ),
        pytest.param(
            "# A\n\n- [ ] a\n\t- [ ] acme/rocket#9\n",
            f"# A\n\n- [ ] a\n\t- [ ] acme/rocket#9\n\t\t- [ ] {line()}\n",
            {},
            id="tabs",
        ),
        pytest.param(
            "# A\n\n- [ ] acme/rocket#9\n    * [ ] c\n- [ ] b\n",
            f"# A\n\n- [ ] acme/rocket#9\n    * [ ] c\n    * [ ] {line()}\n- [ ] b\n",
            {},
            id="sub-list-there",
        ),
    ],
)
def test_form__sub_issue(before, after, more):
    """A sub-issue goes nested under its parent, in the indent that the dialect needs."""
    plan = planned(before, new(parent="acme/rocket#9"), answers=[issue(9)], **more)

    assert plan.result == after.encode()
    assert plan.error is None


def test_form__parent_elsewhere():
    """A parent outside the area is no reason to nest."""
    plan = planned("# A\n\n- [ ] a\n\n# B\n\n- [ ] acme/rocket#9\n", new(parent="acme/rocket#9"), answers=[issue(9)])

    assert plan.result.decode().startswith(f"# A\n\n- [ ] a\n- [ ] {line()}\n")


def test_form__several():
    """Several items come in board order, each with the next number, under parents and in new lists too."""
    text = "# A\n\n1. [ ] acme/rocket#9\n2. [ ] b\n\n# B\n\ntext\n"
    areas = (AREA, area_of("B", label="Next up", filter="label:y"))
    one = page(text, areas=areas, add=("Backlog",))
    both = [new(5), new(6, parent="acme/rocket#9"), new(7), new(8, parent="acme/rocket#9")]
    world = board(
        issue(9),
        candidates={
            area_query("label:x", None, ("Backlog",)): both,
            area_query("label:y", None, ("Backlog",)): [new(7), new(3), new(4)],
        },
    )
    plan = make_page_plan(one, world)

    assert plan.error is None
    assert plan.result.decode() == (
        f"# A\n\n1. [ ] acme/rocket#9\n   - [ ] {line(6)}\n   - [ ] {line(8)}\n2. [ ] b\n3. [ ] {line(5)}\n4. [ ] {line(7)}\n\n"
        f"# B\n\ntext\n\n**Next up**\n\n- [ ] {line(3)}\n- [ ] {line(4)}\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# A\n\ntext\n\n# B\n\n* [ ] b\n", f"# A\n\ntext\n\n**Soon**\n\n* [ ] {line()}\n\n# B\n\n* [ ] b\n"),
        ("# A\n\ntext\n# B\n", f"# A\n\ntext\n\n**Soon**\n\n- [ ] {line()}\n\n# B\n"),
        ("# A\n", f"# A\n\n**Soon**\n\n- [ ] {line()}\n"),
        ("# A\n\n- [ ] other\n\ntext", f"# A\n\n- [ ] other\n\ntext\n\n**Soon**\n\n- [ ] {line()}"),
    ],
)
def test_form__new_list(before, after):
    """Where the area names a label and has no list under it, both are made at the end of its text."""
    plan = planned(before, new(), area=replace(AREA, label="Soon"))

    assert plan.result == after.encode()
    assert plan.error is None


@pytest.mark.parametrize(
    ("text", "item", "answers", "more"),
    [
        pytest.param("- [ ] a\n\nsee acme/rocket#5\n", new(), [], {}, id="in-prose"),
        pytest.param("- [ ] a\n\n| x |\n|---|\n| acme/rocket#5 |\n", new(), [], {}, id="in-a-table"),
        pytest.param("- [ ] a\n- acme/rocket#5\n", new(), [], {}, id="in-a-plain-bullet"),
        pytest.param("- [x] ~~acme/rocket#5~~\n", new(), [], {}, id="struck"),
        pytest.param("- [ ] a <!-- roadmap-sync: acme/rocket#5 -->\n", new(), [], {}, id="pinned"),
        pytest.param("- [ ] a\n\n  b <!-- roadmap-sync: acme/rocket#5 -->\n", new(), [], {}, id="pinned-below"),
        pytest.param(f"- [ ] a\n\n<p>\n{link(5)} </p>\n", new(), [], {}, id="in-html"),
        pytest.param(f'- [ ] a\n\n<p>\n<a href="{link(5)}">x</a></p>\n', new(), [], {}, id="html-link"),
        pytest.param(f"- [ ] a\n\n## [b]({link(5)})\n", new(), [], {}, id="in-a-heading"),
        pytest.param("- [ ] a #5\n", new(), [], {"short_references": True}, id="short"),
        pytest.param("- [ ] a\n\nb #5\n", new(), [], {"short_references": True}, id="short-in-prose"),
        pytest.param("- [x] old/rocket#5\n", new(), "renamed", {}, id="under-an-old-name"),
        pytest.param(
            "- [ ] acme/rocket#7\n", new(7 - 2, closed_by=("acme/rocket#7",)), [pull(7)], {}, id="a-pull-closes-it"
        ),
        pytest.param("- [ ] acme/rocket#7\n", new(closes=("acme/rocket#7",)), [issue(7)], {}, id="it-closes-one"),
        pytest.param("- [ ] acme/rocket#7\n", new(duplicate_of="acme/rocket#7"), [issue(7)], {}, id="a-duplicate"),
        pytest.param("- [ ] a\n", new(), [], {"area": replace(AREA, tracking="#5")}, id="tracking"),
        pytest.param("- [ ] a\n", new(), [], {"area": replace(AREA, tracking=link(5))}, id="tracking-by-link"),
        pytest.param("- [ ] a\n", new(), [], {"area": replace(AREA, excluded=("#5",))}, id="excluded"),
        pytest.param(
            "- [ ] a\n", new(), [], {"area": replace(AREA, excluded=("acme/rocket#5",))}, id="excluded-by-name"
        ),
        pytest.param("- [ ] a\n", new(), [], {"area": replace(AREA, excluded=(link(5),))}, id="excluded-by-link"),
        pytest.param("- [ ] a\n", issue(5, "CLOSED", "Backlog", state_reason="NOT_PLANNED"), [], {}, id="dropped"),
        pytest.param("- [ ] a\n", issue(5, status="Shipped", facts=Facts()), [], {}, id="done"),
        pytest.param("- [ ] a\n", issue(5, status="Backlog", is_private=True), [], {}, id="private"),
        pytest.param("- [ ] a\n", pull(5, status="Backlog", facts=Facts()), [], {}, id="pull-not-asked-for"),
        pytest.param(
            "- [ ] a\n",
            pull(5, status="Backlog", facts=Facts()),
            [],
            {"area": replace(AREA, filter=judged("-is:pr"))},
            id="pulls-excluded",
        ),
        pytest.param("- [ ] a\n", new(), [], {"area": area_of("A")}, id="no-filter"),
        pytest.param("- [ ] a\n", new(), [], {"add": ()}, id="no-status-to-add"),
        pytest.param("- [ ] a\n", new(), [], {"lifecycle": Lifecycle(launched_heading="A")}, id="settled"),
    ],
)
def test_noop(text, item, answers, more):
    """Nothing is added that is there in any form, is kept out, or may not be shown; and nothing is said of it."""
    if answers == "renamed":
        one = page(f"# A\n\n{text}", areas=(AREA,), add=("Backlog",))
        world = board(extra={"old/rocket#5": item}, candidates={queries(one.rules)[0]: (item,)})
        assert not make_page_plan(one, world).changes
        return
    plan = planned(f"# A\n\n{text}", item, answers=answers, **more)

    assert not [change for change in plan.changes if change.kind == "add"]
    assert "withheld" not in [note.kind for note in plan.notes]


def test_one_item_one_place():
    """What one area adds counts as there for the next."""
    areas = (AREA, area_of("B", filter="label:x"))
    one = page("# A\n\n- [ ] a\n\n# B\n\n- [ ] b\n", areas=areas, add=("Backlog",))
    plan = make_page_plan(one, board(candidates={queries(one.rules)[0]: (new(),)}))

    assert [change.area for change in plan.changes] == ["A"]


def test_pulls_where_the_filter_says_so():
    """A pull request is added only where the filter has `is:pr`."""
    plan = planned(
        "# A\n\n- [ ] a\n", pull(5, status="Backlog", facts=Facts()), area=replace(AREA, filter=judged("is:pr,issue"))
    )

    assert plan.result.decode().endswith(f"- [ ] {line(5, 'pull')}\n")


def test_add_done():
    """With `add_done` what is done is added with a ticked box."""
    plan = planned("# A\n\n- [ ] a\n", issue(5, "CLOSED", "Shipped", facts=Facts()), add_done=True)

    assert plan.result == f"# A\n\n- [ ] a\n- [x] {line()}\n".encode()


@pytest.mark.parametrize(
    ("item", "more", "words"),
    [
        pytest.param(
            draft("PVTI_q", "Backlog", title="Plan *all*"),
            {},
            "Plan \\*all\\* <!-- roadmap-sync: PVTI_q -->",
            id="draft",
        ),
        pytest.param(new(), {"line": "{title}"}, "Title 5 <!-- roadmap-sync: acme/rocket#5 -->", id="no-url"),
        pytest.param(
            new(fields={"target-date": FieldValue("date", ("2025-01-01",))}),
            {"line": "[{title}]({url}) {repository}#{number} ({status}, {Target date}, {Size})"},
            f"{line()} acme/rocket#5 (Backlog, 2025-01-01, )",
            id="slots",
        ),
        pytest.param(
            issue(5, status="Backlog", title=" \u202e"), {}, f"[acme/rocket&#x23;5]({link(5)})", id="no-title"
        ),
    ],
)
def test_words(item, more, words):
    """A line's words are the config's template; a draft is its title and a pin."""
    assert planned("# A\n\n- [ ] a\n", item, **more).result == f"# A\n\n- [ ] a\n- [ ] {words}\n".encode()


def test_field_slots():
    """The slots that ask the board's fields are known, each once."""
    assert field_slots("[{title}]({url}) {Target date} {Size} {Size} {status}") == ("Target date", "Size")


@pytest.mark.parametrize(
    ("text", "items", "more", "message"),
    [
        pytest.param(
            "- [ ] a\n",
            [new()],
            {"history": History(frozenset({"acme/rocket#5"}))},
            'not added: it stood on the page before; add it by hand, or set except = ["acme/rocket#5"] in this area',
            id="deleted",
        ),
        pytest.param(
            "- [ ] a\n",
            [draft("PVTI_q", "Backlog")],
            {"history": History(frozenset({"PVTI_q"}))},
            'not added: it stood on the page before; add it by hand, or set except = ["PVTI_q"] in this area',
            id="deleted-draft",
        ),
        pytest.param(
            "- [ ] a\n",
            [new(), new(6)],
            {"history": History(gap="this clone is shallow (in a workflow, check out with fetch-depth: 0)")},
            "nothing is added: the earlier versions of the page cannot be read to the first one, so that a line that a person "
            "deleted might come back: this clone is shallow (in a workflow, check out with fetch-depth: 0)",
            id="shallow",
        ),
        pytest.param(
            "- [x] acme/rocket#8\n",
            [new()],
            {"answers": "unread"},
            "nothing is added: acme/rocket#8 (line 3) was not found, and may be one of them under another name",
            id="a-reference-was-not-found",
        ),
        pytest.param(
            "text\n",
            [new()],
            {},
            "not added: the area has no list, and names no label to make one under",
            id="no-list",
        ),
        pytest.param(
            "- [ ] a\n  ```\n  b\n",
            [new()],
            {},
            "not added: a line here would not read as one more box of the list",
            id="fence",
        ),
        pytest.param(
            ":::note\n- [ ] a\n:::\n",
            [new()],
            {},
            "not added: the list ends in line 5, which closes what began above it; put a blank line before that",
            id="container-end",
        ),
        pytest.param(
            "<Tab>\n\n> - [ ] a\n> </Tab>\n",
            [new()],
            {},
            "not added: the list ends in line 6, which closes what began above it; put a blank line before that",
            id="tag-end",
        ),
    ],
)
def test_withheld(text, items, more, message):
    """What cannot surely be added is withheld, with one attention note that says why."""
    if more.get("answers") == "unread":
        one = page(f"# A\n\n{text}", areas=(AREA,), add=("Backlog",))
        world = board(
            extra={"acme/rocket#8": Unread("it was not found")}, candidates={queries(one.rules)[0]: tuple(items)}
        )
        plan = make_page_plan(one, world)
    else:
        plan = planned(f"# A\n\n{text}", *items, **more)

    assert not plan.changes
    assert [n for n in said(plan) if n[0] == "withheld"] == [("withheld", message)]


def test_struck_reference_that_was_not_found():
    """A struck line's reference is a person's business, and no reason to add nothing."""
    one = page("# A\n\n- [x] ~~acme/rocket#8~~\n", areas=(AREA,), add=("Backlog",))
    world = board(extra={"acme/rocket#8": Unread("gone")}, candidates={queries(one.rules)[0]: (new(),)})

    assert len(make_page_plan(one, world).changes) == 1


def test_heading_that_is_not_there():
    """A page without the area's heading, as an older version may be, is not added to."""
    assert planned("# B\n\n- [ ] a\n", new()).changes == ()


def test_moving_area_gets_nothing():
    """An area that this plan moves gets no additions."""
    text = "# Areas\n\n## A\n\n- [x] a\n\n# Launched\n"
    area = replace(AREA, tracking="acme/rocket#9")
    more = {"launched": ("Shipped",), "lifecycle": Lifecycle(launched_heading="Launched")}
    ended = issue(9, "CLOSED", "Shipped")

    plans = [planned(text, new(), area=area, answers=(ended,), move=move, **more) for move in (True, False)]

    assert [[change.kind for change in plan.changes] for plan in plans] == [["move"], ["add"]]


def test_guard():
    """Ten lines are a plan, eleven are refused."""
    assert planned("# A\n\n- [ ] a\n", *(new(n) for n in range(1, 11))).refusal is None
    assert planned("# A\n\n- [ ] a\n", *(new(n) for n in range(1, 12))).refusal.would_be == 11


def test_change__fields():
    """An added line says after which line it goes, and on whose word."""
    (change,) = planned("# A\n\n- [ ] a\n  - [ ] b\n", new()).changes

    assert (change.kind, change.line, change.after_line, change.column, change.area) == ("add", 4, 4, 1, "A")
    assert (change.before, change.after) == ("", f"- [ ] {line()}")
    assert (change.verdict, change.rule, change.because, change.status) == ("open", 4, 'Status "Backlog"', "Backlog")
    assert (change.reference.name, change.item_id, change.title) == ("acme/rocket#5", new().id, "Title 5")


def test_question():
    """Areas are asked with the statuses to add; mentions and tracking issues are looked up; fields are named."""
    one = page(
        "# A\n\nsee x/y#1\n\n- [ ] ~~acme/rocket#2~~\n",
        areas=(replace(AREA, tracking="#9"),),
        add=("Backlog",),
        line="{title} {Size}",
        lifecycle=Lifecycle("L", "D", "Docs", "Why"),
    )
    asked = question_of([one], ADDRESS, "Status")

    assert asked.areas == (area_query("label:x", None, ("Backlog",)),)
    assert asked.fields == ("Size", "Docs", "Why")
    assert [reference.name for reference in asked.references] == ["x/y#1", "acme/rocket#2", "acme/rocket#9"]


def test_question__nothing_to_add():
    """Without a status to add, nothing is asked for areas."""
    asked = question_of([page("# A\n", areas=(AREA,), line="{title} {Size}")], ADDRESS, "Status")

    assert (asked.areas, asked.fields) == ((), ())

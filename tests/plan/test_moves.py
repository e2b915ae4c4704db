"""Tests where a finished area goes, byte for byte, and when it is better left."""

import pytest

from roadmap_sync.board.facts import Facts, FieldValue
from roadmap_sync.plan.additions import queries
from roadmap_sync.plan.plan import make_page_plan
from roadmap_sync.rules import Lifecycle
from tests.support.makers import area_of, board, issue, page

LIFECYCLE = Lifecycle("Launched", "Dropped", "Docs", "Why not")
FIELDS = {"docs": FieldValue("text", ("./a.md",)), "why-not": FieldValue("text", ("too *big*",))}


def tracking(state="CLOSED", status="Shipped", **more):
    """The tracking issue, with what the board's text fields say."""
    return issue(9, state, status, facts=Facts(fields=FIELDS), **more)


AREAS = (area_of("A", tracking="#9"),)


def planned(text, *items, areas=AREAS, **more):
    """The plan of a page whose areas may move."""
    settings = {"areas": areas, "launched": ("Shipped",), "lifecycle": LIFECYCLE, "move": True} | more
    one = page(text, **settings)
    return make_page_plan(one, board(*items))


def said(plan):
    """The kinds, levels, lines and messages of its notes on areas."""
    return [(n.kind, n.level, n.line, n.message) for n in plan.notes if n.kind in {"move-due", "withheld"}]


HEAD = "# Map\n\n## Areas\n\n### A\n\nwords\n\n- [x] acme/rocket#1\n\n"
NEXT = "### B\n\nx\n\n"
TAIL = "## Launched\n\nintro\n\n### Old\n\ny\n\n## Dropped\n\n"


def test_launched():
    """A launched area is the first section under its heading, with the board's word on its docs."""
    plan = planned(HEAD + NEXT + TAIL, tracking(), issue(1, "CLOSED"))

    assert plan.error is None
    assert plan.result.decode() == (
        "# Map\n\n## Areas\n\n### B\n\nx\n\n## Launched\n\nintro\n\n"
        "### A\n\n> [Docs](./a.md)\n\nwords\n\n- [x] acme/rocket#1\n\n### Old\n\ny\n\n## Dropped\n\n"
    )


def test_dropped():
    """An area whose issue was given up goes under Dropped whatever its Status, with the reason as inert text."""
    plan = planned(HEAD + NEXT + TAIL, tracking(state_reason="NOT_PLANNED"), issue(1, "CLOSED"))

    assert plan.error is None
    assert plan.result.decode().endswith(
        "## Dropped\n\n### A\n\n> **Why not**: too \\*big\\*\n\nwords\n\n- [x] acme/rocket#1\n\n".replace(
            "Why not", "Reason"
        )
    )


def test_boxes_inside_are_ticked_on_the_way():
    """The plan's ticks inside an area count, and are made in its new place."""
    text = HEAD.replace("[x]", "[ ]") + NEXT + TAIL + "### Z\n\n- [ ] acme/rocket#2\n"
    plan = planned(text, tracking(), issue(1, "CLOSED"), issue(2, "CLOSED"))

    assert plan.error is None
    assert sorted((change.kind for change in plan.changes), reverse=True) == ["tick", "tick", "move"]
    assert "words\n\n- [x] acme/rocket#1\n\n### Old" in plan.result.decode()
    assert plan.result.decode().endswith("### Z\n\n- [x] acme/rocket#2\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "## Launched\n\n## Areas\n\n### A\n\n- [x] acme/rocket#1",
            "## Launched\n\n### A\n\n> [Docs](./a.md)\n\n- [x] acme/rocket#1\n\n## Areas\n\n",
            id="last-section-without-newline",
        ),
        pytest.param(
            "## Launched\r\n## Areas\r\n### A\r\nwords\r\n",
            "## Launched\r\n\r\n### A\r\n\r\n> [Docs](./a.md)\r\n\r\nwords\r\n\r\n## Areas\r\n",
            id="no-blank-lines",
        ),
        pytest.param(
            "## Areas\n\nA\n===\n\nwords\n\n# Launched\n",
            None,
            id="setext-of-too-high-a-level",
        ),
        pytest.param(
            "# Areas\n\nA\n---\n\nwords\n\n# Launched",
            "# Areas\n\n# Launched\n\nA\n---\n\n> [Docs](./a.md)\n\nwords\n\n",
            id="setext-to-the-end-without-newline",
        ),
        pytest.param(
            "## Areas\n\n### A\n\n> [Docs](./a.md)\n\nwords\n\n## Launched\n",
            "## Areas\n\n## Launched\n\n### A\n\n> [Docs](./a.md)\n\nwords\n\n",
            id="the-quote-is-there",
        ),
        pytest.param(
            "## Areas\n\n### A\n\n## Launched\n",
            "## Areas\n\n## Launched\n\n### A\n\n> [Docs](./a.md)\n\n",
            id="empty-area",
        ),
        pytest.param(
            "## Areas\n\n### A\n\n#### C\n\nc\n\n## Launched\n",
            "## Areas\n\n## Launched\n\n### A\n\n> [Docs](./a.md)\n\n#### C\n\nc\n\n",
            id="with-subsections",
        ),
    ],
)
def test_bytes(before, after):
    """A section moves as a block, with blank lines only where a heading or the quote needs them."""
    plan = planned(before, tracking(), issue(1, "CLOSED"))

    assert plan.error is None
    assert plan.result.decode() == (before if after is None else after)


def test_two_areas():
    """Two areas that end in one run keep their order under the heading."""
    text = "## Areas\n\n### A\n\na\n\n### B\n\nb\n\n## Launched\n"
    areas = (area_of("A", tracking="#9"), area_of("B", tracking="#8"))
    plan = planned(text, tracking(), issue(8, "CLOSED", "Shipped"), areas=areas)

    assert plan.error is None
    assert plan.result.decode() == "## Areas\n\n## Launched\n\n### A\n\n> [Docs](./a.md)\n\na\n\n### B\n\nb\n\n"


@pytest.mark.parametrize(
    "value",
    ["javascript:alert(1)", "a b", "](x)", "data:text/html,x", "Javascript:x"],
)
def test_docs_that_are_no_plain_link(value):
    """A docs field that is no plain destination is text."""
    item = issue(9, "CLOSED", "Shipped", facts=Facts(fields={"docs": FieldValue("text", (value,))}))
    plan = planned(HEAD + NEXT + TAIL, item, issue(1, "CLOSED"))

    assert "> **Docs**: " in plan.result.decode()
    assert plan.error is None


@pytest.mark.parametrize(
    ("text", "items", "more"),
    [
        pytest.param(HEAD + TAIL, [tracking(status="Backlog")], {}, id="not-launched"),
        pytest.param(HEAD + TAIL, [tracking(status="Coming soon")], {}, id="done-but-not-launched"),
        pytest.param(HEAD + TAIL, [], {}, id="not-read"),
        pytest.param(HEAD + TAIL, [tracking(is_private=True)], {}, id="private"),
        pytest.param(HEAD + TAIL, [issue(9, "CLOSED")], {}, id="off-the-board"),
        pytest.param(HEAD + TAIL, [tracking()], {"areas": (area_of("A", tracking="nonsense"),)}, id="no-reference"),
        pytest.param(HEAD + TAIL, [tracking()], {"lifecycle": Lifecycle()}, id="no-heading-in-the-config"),
        pytest.param(HEAD + "## Dropped\n", [tracking()], {}, id="heading-not-on-the-page"),
        pytest.param(HEAD.replace("## Areas", "## Launched"), [tracking()], {}, id="settled"),
        pytest.param(TAIL, [tracking()], {}, id="area-not-on-the-page"),
    ],
)
def test_noop(text, items, more):
    """In every other case the area stays, and nothing is said."""
    plan = planned(text, *items, **more)

    assert (plan.changes, said(plan)) == ((), [])


def test_noted_only():
    """Without `move` a due move is an info note."""
    plan = planned(HEAD + NEXT + TAIL, tracking(), issue(1, "CLOSED"), move=False)

    assert not plan.changes
    assert said(plan) == [("move-due", "info", 5, 'Status "Shipped", closed: due to move under "Launched"')]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(HEAD.replace("[x]", "[ ]") + TAIL, "the box at line 9 is still open", id="open-box"),
        pytest.param("### A\n\n### Launched\n", "that heading is of no higher level than the area's", id="level"),
        pytest.param(
            HEAD + "#### Plan\n\n## B\n\n### Plan\n\n" + TAIL, "it would change the anchor of a heading", id="anchor"
        ),
        pytest.param(
            HEAD + "[a][i]\n\n[i]: /one\n\n### B\n\n[i]: /two\n\n" + TAIL,
            "it would change where a link goes",
            id="definition",
        ),
        pytest.param(
            HEAD + "<details>\n\n" + NEXT + "</details>\n\n" + TAIL,
            "`details` is opened or closed in it, but not both",
            id="tag-begins",
        ),
        pytest.param(
            "<Tab>\n\n" + HEAD + "</Tab>\n\n" + TAIL, "`tab` is opened or closed in it, but not both", id="tag-ends"
        ),
        pytest.param(
            HEAD + "</div>\n\n<div>\n\n" + TAIL,
            "`div` is opened or closed in it, but not both",
            id="tag-ends-and-begins",
        ),
        pytest.param(
            ":::: tabs\n\n" + HEAD + "::::\n\n" + TAIL, "`:::` is opened or closed in it, but not both", id="container"
        ),
        pytest.param(
            HEAD + "{% hint %}\n\n" + NEXT + "{% endhint %}\n\n" + TAIL,
            "`hint` is opened or closed in it, but not both",
            id="block",
        ),
        pytest.param(
            HEAD + "{{< tabs >}}\n\n" + NEXT + "{{< /tabs >}}\n\n" + TAIL,
            "`tabs` is opened or closed in it, but not both",
            id="shortcode",
        ),
    ],
)
def test_withheld(text, why):
    """A move that would hide open work or break links is withheld, with the reason."""
    plan = planned(text, tracking(), issue(1))

    assert not plan.changes
    assert [(kind, message) for kind, _, _, message in said(plan)] == [
        ("withheld", f'not moved under "Launched": {why}')
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<details>\n\nx\n\n</details>\n\n",
        "<p>\n\n<br> <img/>\n\n",
        "```\n<details>\n```\n\n<!-- <details> --> `</details>`\n\n",
        "::: note\nx\n:::\n\n",
        "[a][i]\n\n[i]: /one\n\n",
        "{% include x %}\n\n{{< ref >}}\n\n",
    ],
)
def test_whole(text):
    """What begins and ends in an area, or is no pair, goes with it."""
    assert [one.kind for one in planned(HEAD + text + TAIL, tracking()).changes if one.kind == "move"]


def test_struck_box_is_no_open_work():
    """A struck line was decided by a person, and does not hold an area back."""
    plan = planned(HEAD.replace("[x] acme/rocket#1", "[ ] ~~acme/rocket#1~~") + TAIL, tracking())

    assert [change.kind for change in plan.changes] == ["move"]


@pytest.mark.parametrize(
    ("text", "items", "lifecycle", "due"),
    [
        pytest.param(HEAD, [issue(1, "CLOSED")], LIFECYCLE, True, id="done"),
        pytest.param(HEAD.replace("[x]", "[ ]"), [issue(1, "CLOSED")], LIFECYCLE, True, id="done-by-this-plan"),
        pytest.param(HEAD, [issue(1)], LIFECYCLE, False, id="ticked-over-open"),
        pytest.param(HEAD.replace("[x]", "[ ]"), [issue(1)], LIFECYCLE, False, id="open"),
        pytest.param(HEAD, [], LIFECYCLE, False, id="not-read"),
        pytest.param("### A\n\n- [x] a\n", [], LIFECYCLE, False, id="no-reference"),
        pytest.param(HEAD, [issue(1, "CLOSED")], Lifecycle(), False, id="no-lifecycle"),
    ],
)
def test_proposal(text, items, lifecycle, due):
    """An area without a tracking issue is never moved, but proposed once all its referenced lines are done."""
    plan = planned(text, *items, areas=(area_of("A"),), lifecycle=lifecycle)
    note = ("move-due", "info", 5, 'every referenced line is done; the area may move under "Launched"')

    assert said(plan) == ([note] if due else [])
    assert "move" not in [change.kind for change in plan.changes]


def test_change__fields():
    """A move says what goes where, and on whose word."""
    (change,) = planned(HEAD + NEXT + TAIL, tracking(), issue(1, "CLOSED")).changes

    assert (change.kind, change.line, change.end_line, change.after_line) == ("move", 5, 10, 18)
    assert (change.before, change.after) == ("### A", "Map > Launched > A")
    assert (change.area, change.reference.name, change.status) == ("Map > Areas > A", "acme/rocket#9", "Shipped")


def test_off_the_board_is_dropped_without_a_reason():
    """An issue off the board that was given up moves its area without a word from a field."""
    plan = planned(HEAD + NEXT + TAIL, issue(9, "CLOSED", state_reason="NOT_PLANNED"), issue(1, "CLOSED"))

    assert plan.changes[0].status is None
    assert "Reason" not in plan.result.decode()


@pytest.mark.parametrize("heading", ["B", "C"])
def test_additions_beside_and_inside(heading):
    """A line added right before a section that moves stays where it is; inside of it none is added."""
    text = "## Areas\n\n### B\n\n- [ ] b\n### A\n\n#### C\n\n- [ ] c\n## Launched\n"
    areas = (area_of("A", tracking="#9"), area_of(heading, filter="label:x"))
    one = page(text, areas=areas, add=("Backlog",), launched=("Shipped",), lifecycle=LIFECYCLE, move=True)
    new = issue(5, status="Backlog", facts=Facts())
    plan = make_page_plan(one, board(tracking(), candidates={queries(one.rules)[0]: (new,)}))

    assert plan.error is None
    assert ["add", "move"][heading == "C" :] == sorted(change.kind for change in plan.changes)
    assert plan.result.decode().startswith(
        "## Areas\n\n### B\n\n- [ ] b\n" + "- [ ] [Title 5](https://github.com/acme/rocket/issues/5)\n" * (heading == "B")
        + "## Launched\n\n### A\n"
    )  # fmt: skip


def test_guard():
    """Two moves are a plan, three are refused."""
    text = "## Areas\n\n" + "".join(f"### A{n}\n\na\n\n" for n in range(3)) + "## Launched\n"
    areas = tuple(area_of(f"A{n}", tracking="#9") for n in range(3))

    assert planned(text, tracking(), areas=areas).refusal.guard == "move"

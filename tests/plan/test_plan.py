"""Tests how a plan is asked for, ordered, guarded and proved."""

from dataclasses import replace

import pytest

from roadmap_sync.errors import RefusedError
from roadmap_sync.page.model import Edit
from roadmap_sync.plan.plan import PagePlan, Plan, Refusal, caused, make_page_plan, prove, question_of
from tests.support.makers import ADDRESS, board, issue, link, page, pull

CANCELLED = {"state": "CLOSED", "state_reason": "NOT_PLANNED"}


def test_question__only_what_decides():
    """Each reference of a line that may be touched is asked once; evidence only under open boxes."""
    one = page(
        f"- [ ] [a]({link(1)}) x/y#2\n- [x] [a]({link(1, 'pull')}) acme/rocket#3\n- [ ] ~~acme/rocket#4~~\n"
        "- [ ] acme/rocket#5 <!-- roadmap-sync: known -->\n- [ ] c <!-- roadmap-sync: PVTI_1 -->\n"
    )
    asked = question_of([one, page("- [ ] acme/rocket#6\n", repository="b/c")], ADDRESS, "Phase", whole=True)

    assert [reference.name for reference in asked.references] == [
        "acme/rocket#1",
        "x/y#2",
        "acme/rocket#3",
        "acme/rocket#5",
        "PVTI_1",
        "acme/rocket#6",
    ]
    assert asked.evidence == {"acme/rocket#1", "x/y#2", "PVTI_1", "acme/rocket#6"}
    assert asked.repositories == ("acme/rocket", "b/c")
    assert (asked.board, asked.status_field, asked.whole, asked.allow_private) == (ADDRESS, "Phase", True, False)


def test_question__guessed_repository_is_not_asked():
    """A repository that no config writes cannot make a page private, so it is not asked."""
    assert question_of([page("", repository_written=False)], ADDRESS, "Status").repositories == ()


def test_make_page_plan():
    """A plan holds the changes in the page's order, proved, and its result is the page with them."""
    one = page("- [ ] acme/rocket#2\n- [ ] acme/rocket#1\n- [ ] b\n")
    plan = make_page_plan(one, board(issue(1, "CLOSED"), issue(2, "CLOSED")))

    assert [(change.kind, change.line) for change in plan.changes] == [("tick", 1), ("tick", 2)]
    assert plan.result == b"- [x] acme/rocket#2\n- [x] acme/rocket#1\n- [ ] b\n"
    assert (plan.error, plan.refusal, plan.guessed_done, plan.is_writable) == (None, None, None, True)


def test_make_page_plan__nothing_to_do():
    """No change: the page comes back byte for byte, and nothing is writable."""
    one = page(b"\xef\xbb\xbf- [x] acme/rocket#1\r\n\r")
    plan = make_page_plan(one, board(issue(1, "CLOSED")))

    assert plan.result == one.data
    assert not plan.is_writable


def test_make_page_plan__all_kinds_together():
    """Ticks, unticks and strikes of one page are proved together."""
    one = page("- [ ] acme/rocket#1\n- [x] acme/rocket#2\n- [ ] acme/rocket#3\n  more\n", untick=True, dropped="strike")
    plan = make_page_plan(one, board(issue(1, "CLOSED"), issue(2), issue(3, **CANCELLED)))

    assert plan.error is None
    assert plan.result == b"- [x] acme/rocket#1\n- [ ] acme/rocket#2\n- [ ] ~~acme/rocket#3\n  more~~\n"
    assert Plan((plan,)).counts == {"tick": 1, "untick": 1, "strike": 1, "add": 0, "move": 0}


def test_make_page_plan__guessed_done():
    """Where no config says what is done, the plan says what was taken for it."""
    one = page("- [ ] acme/rocket#1\n", done=None)

    assert make_page_plan(one, board(issue(1, status="Shipped"))).guessed_done == ("Shipped",)
    assert make_page_plan(one, board(issue(1), options=("A", "B"))).guessed_done == ()


def test_make_page_plan__notes_are_ranked_and_hidden():
    """Attention comes first, what is probably wrong before what is unknown; hidden kinds are left out."""
    text = "".join(f"- [{x}] acme/rocket#{n}\n" for n, x in ((1, "x"), (2, " "), (3, " "), (4, " ")))
    world = board(issue(1), issue(3, **CANCELLED), issue(4, **CANCELLED), notes=("evidence was dropped",))

    assert [(note.kind, note.line) for note in make_page_plan(page(text), world).notes] == [
        ("dropped", 3),
        ("dropped", 4),
        ("unknown", 0),
        ("unknown", 2),
        ("ticked-over-open", 1),
    ]
    hidden = make_page_plan(page(text, hidden_notes=frozenset({"unknown", "ticked-over-open"})), world)
    assert [note.kind for note in hidden.notes] == ["dropped", "dropped"]


def test_make_page_plan__board_notes_need_items():
    """What was dropped in reading is no matter of a page without a checklist."""
    assert make_page_plan(page("text\n"), board(notes=("evidence was dropped",))).notes == ()


@pytest.mark.parametrize(("count", "refusal"), [(2, None), (3, Refusal("tick", 2, 3))])
def test_guard(count, refusal):
    """Over a guard the page is refused, and the plan still shows everything."""
    text = "".join(f"- [ ] acme/rocket#{n}\n" for n in range(1, count + 1))
    world = board(*(issue(n, "CLOSED") for n in range(1, count + 1)))
    plan = make_page_plan(page(text, guards={"tick": 2}), world)

    assert plan.refusal == refusal
    assert plan.is_writable is (refusal is None)
    assert len(plan.changes) == count
    assert plan.result.count(b"[x]") == count


def test_caused():
    """Only changes that the base's plan does not hold are caused, told apart by item, area and count."""
    world = board(issue(1, "CLOSED"), issue(2, "CLOSED"))
    base = make_page_plan(page("# A\n\n- [ ] acme/rocket#1\n"), world)
    head = make_page_plan(page("# A\n\n- [ ] acme/rocket#2\n- [ ] acme/rocket#1\n- [ ] acme/rocket#1\n"), world)

    assert [change.caused for change in caused(head, base).changes] == [True, False, True]


def test_caused__guards_hold_for_caused_changes():
    """What was behind already does not count against a pull request."""
    world = board(issue(1, "CLOSED"), issue(2, "CLOSED"))
    guards = {"tick": 1}
    base = make_page_plan(page("- [ ] acme/rocket#1\n", guards=guards), world)
    head = make_page_plan(page("- [ ] acme/rocket#1\n- [ ] acme/rocket#2\n", guards=guards), world)

    assert head.refusal == Refusal("tick", 1, 2)
    assert caused(head, base).refusal is None


def test_page_that_could_not_be_read():
    """A page without content has no result and no guard."""
    plan = PagePlan("x.md", None, error=RefusedError("gone"))

    assert (plan.result, plan.is_writable) == (b"", False)
    assert caused(plan, plan) == plan
    assert prove(plan, board()) is None


def sound():
    """A plan that ticks the first of two lines, with its board."""
    world = board(issue(1, "CLOSED"), pull(2))
    return make_page_plan(page("- [ ] acme/rocket#1\n- [ ] acme/rocket#2\n"), world), world


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        pytest.param((Edit(3, 4, b"x"), Edit(10, 11, b"X")), "another block", id="words"),
        pytest.param((Edit(3, 4, b"x"), Edit(25, 26, b"x")), "another block", id="another-box"),
        pytest.param((Edit(3, 4, b" "),), "another block", id="nothing-done"),
        pytest.param((Edit(3, 4, b"x\n"),), "another block", id="a-line-more"),
    ],
)
def test_prove__refuses(edits, message):
    """A plan whose edits do not do what its changes say is not written, and blamed on us."""
    plan, world = sound()
    bad = replace(plan, changes=(replace(plan.changes[0], edits=edits),))

    with pytest.raises(RefusedError, match=message) as caught:
        prove(bad, world)

    assert "bug of roadmap-sync" in caught.value.hint


def test_prove__second_plan_must_be_empty():
    """Proof (c): where the result would call for more changes, nothing is written."""
    plan, _ = sound()
    moved_on = board(issue(1, "CLOSED"), pull(2, "MERGED"))

    with pytest.raises(RefusedError) as caught:
        prove(plan, moved_on)

    assert str(caught.value).startswith("roadmap.md:2: not written: the result would not be in step\n")


def test_make_page_plan__failed_proof_stands_in_error(monkeypatch):
    """A proof that fails stops the write of that page and shows with the plan."""

    def fail(*_):
        raise RefusedError("not written: no")

    monkeypatch.setattr("roadmap_sync.plan.plan.prove", fail)
    plan = make_page_plan(page("- [ ] acme/rocket#1\n"), board(issue(1, "CLOSED")))

    assert plan.error.what == "not written: no"
    assert not plan.is_writable


def test_a_page_that_was_not_read_has_no_places():
    """Nothing of it could be judged."""
    assert PagePlan("roadmap.md", None).places == 0

"""Faults A2, B22, C4 and C8: what a Status, a branch, a label or sub-issues say of an item; and what must go on working."""

import pytest

from roadmap_sync.board.verdict import judge
from roadmap_sync.plan.plan import make_page_plan
from tests.support.makers import board, draft, issue, page, pull, rules

LINE = "- [ ] acme/rocket#1\n"
TICKED = "- [x] acme/rocket#1\n"
OPTIONS = ("Researching", "Coming Soon", "Shipped")
CANCELLED = {"state": "CLOSED", "state_reason": "NOT_PLANNED"}


def told(text, item, *, options=OPTIONS, **more):
    """What becomes of a page with one item: the kinds of its changes and of its notes."""
    plan = make_page_plan(page(text, **more), board(item, options=options))
    assert plan.error is None
    return [change.kind for change in plan.changes], [note.kind for note in plan.notes]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        pytest.param(issue(1, status="Shipped"), ([], ["guessed-done"]), id="open-issue"),
        pytest.param(issue(1, status="Shipped", state_reason="REOPENED"), ([], ["guessed-done"]), id="reopened"),
        pytest.param(pull(1, status="Shipped"), ([], ["guessed-done"]), id="open-pull-request"),
        pytest.param(issue(1, status="Coming Soon"), ([], []), id="coming-soon"),
        pytest.param(issue(1, "CLOSED", status="Coming Soon"), ([], ["closed-not-done"]), id="closed-and-coming-soon"),
        pytest.param(issue(1, "CLOSED", status="Shipped"), (["tick"], []), id="closed"),
        pytest.param(pull(1, "MERGED", status="Shipped"), (["tick"], []), id="merged"),
        pytest.param(pull(1, "MERGED", status="Shipped", base="v2"), ([], ["unknown"]), id="merged-elsewhere"),
        pytest.param(issue(1, "CLOSED", on_board=True), (["tick"], ["empty-status"]), id="closed-and-empty-status"),
    ],
)
def test_a_guess_never_decides_alone(item, expected):
    """A2: where no config names the done Statuses, one that sounds done needs the item's own state as a witness."""
    assert told(LINE, item, done=None) == expected


def test_a_guess_never_unticks():
    """A2: a ticked box over an open item whose Status sounds done is left, with `untick` as well."""
    assert told(TICKED, issue(1, status="Shipped"), done=None, untick=True) == ([], ["guessed-done"])
    assert told(TICKED, issue(1, status="Researching"), done=None, untick=True)[0] == ["untick"]


def test_a_guess_about_a_draft():
    """A2: a draft has no state that could be a second witness."""
    text = "- [ ] a draft <!-- roadmap-sync: PVTI_one -->\n"

    assert told(text, draft(status="Shipped"), done=None) == ([], ["guessed-done"])
    assert told(text, draft(status="Shipped"), done=("Shipped",)) == (["tick"], [])


def test_a_named_status_decides_alone():
    """A2, near miss: what the config names needs no witness."""
    assert told(LINE, issue(1, status="Shipped"), done=("Shipped",)) == (["tick"], [])
    assert told(LINE, issue(1, status="Coming Soon"), done=("Coming Soon",)) == (["tick"], [])


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(pull(1, status="Shipped"), id="pull"),
        pytest.param(issue(1, status="Shipped", state_reason="REOPENED"), id="reopened"),
    ],
)
def test_a_named_status_against_the_state(item):
    """A2, near miss: a pull request that is open, or an issue that was reopened, contradicts the Status: noted."""
    assert told(LINE, item, done=("Shipped",)) == ([], ["unknown"])


@pytest.mark.parametrize(
    ("more", "rule", "outcome", "because"),
    [
        pytest.param(
            {"status": "Done", "is_base_gone": True},
            {"done": ("Done",)},
            "done",
            'Status "Done", merged into master, a branch that is no longer there',
            id="named-done",
        ),
        pytest.param({"status": "Done", "is_base_gone": True}, {"done": None}, "unknown", "", id="guessed-done"),
        pytest.param({"status": "Done"}, {"done": ("Done",)}, "unknown", "", id="branch-still-there"),
        pytest.param({"is_base_gone": True}, {"done": ("Done",)}, "unknown", "", id="no-status"),
        pytest.param({}, {"branches": ("master",)}, "done", "merged into master", id="a-branch-that-counts"),
        pytest.param(
            {"status": "Done"},
            {"branches": ("master",), "done": None},
            "done",
            'Status "Done", merged into master',
            id="guessed-done-and-a-branch-that-counts",
        ),
        pytest.param(
            {}, {"branches": ("develop",)}, "unknown", "merged into master, not into the default branch", id="another"
        ),
        pytest.param(
            {"default_branch": None},
            {},
            "unknown",
            "merged into master; the repository's default branch could not be read",
            id="default-branch-not-read",
        ),
    ],
)
def test_merged_into_another_branch(more, rule, outcome, because):
    """B22: a merge into a branch that was renamed since, or that the config names."""
    item = pull(1, "MERGED", base="master", **more)
    verdict = judge(item, rules(**rule), board(item, options=("Todo", "Done")))

    assert verdict.outcome == outcome
    assert because in verdict.because


@pytest.mark.parametrize(
    ("item", "outcome"),
    [
        pytest.param(issue(1, "CLOSED", labels=("bug", "WontFix")), "dropped", id="closed-without-case"),
        pytest.param(issue(1, "CLOSED", "Shipped", labels=("wontfix",)), "dropped", id="whatever-its-status"),
        pytest.param(issue(1, "CLOSED", labels=("bug",)), "done", id="another-label"),
        pytest.param(issue(1, "OPEN", labels=("wontfix",)), "open", id="still-open"),
        pytest.param(pull(1, "MERGED", labels=("wontfix",)), "done", id="a-pull-request"),
    ],
)
def test_labels_that_say_given_up(item, outcome):
    """A closed issue with one of `dropped_labels` was given up; it says so in the reason."""
    verdict = judge(item, rules(dropped_labels=("wontFix",)), board(item))

    assert verdict.outcome == outcome
    assert ("label" in verdict.because) is (outcome == "dropped")


def test_ticked_over_dropped():
    """C4: a ticked box over an item that was given up is noted, and left."""
    assert told(TICKED, issue(1, **CANCELLED)) == ([], ["ticked-over-dropped"])
    assert told(TICKED, pull(1, "CLOSED")) == ([], ["ticked-over-dropped"])
    assert told(TICKED, issue(1, **CANCELLED), dropped="strike") == ([], ["ticked-over-dropped"])
    assert told(TICKED, issue(1, status="Shipped", **CANCELLED)) == ([], ["done-but-cancelled"])
    assert told(TICKED, issue(1, "CLOSED")) == ([], [])
    assert told(LINE, issue(1, **CANCELLED)) == ([], ["dropped"])


@pytest.mark.parametrize(
    ("text", "item", "expected"),
    [
        pytest.param(LINE, issue(1, "CLOSED", open_sub_issues=2), (["tick"], ["open-sub-issues"]), id="ticked-now"),
        pytest.param(TICKED, issue(1, "CLOSED", open_sub_issues=1), ([], ["open-sub-issues"]), id="ticked-before"),
        pytest.param(LINE, issue(1, "CLOSED"), (["tick"], []), id="none"),
        pytest.param(LINE, issue(1, open_sub_issues=2), ([], []), id="parent-open"),
    ],
)
def test_open_sub_issues(text, item, expected):
    """C8: a parent that is done ticks its box; that some of its sub-issues are open is noted."""
    assert told(text, item) == expected

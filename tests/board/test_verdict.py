"""Tests each row of the table in docs/design.md, The verdict, with and without a Status, archived, private, empty."""

import pytest

from roadmap_sync.board.verdict import Verdict, done_statuses, judge, status_words
from roadmap_sync.rules import Rules
from tests.support.makers import OPTIONS, board, draft, issue, pull, rules, unread

MERGED = {"merged_at": "2024-06-26T10:00:00Z"}
CLOSED = {"closed_at": "2024-05-04T10:00:00Z"}
CANCELLED = {"state_reason": "NOT_PLANNED", **CLOSED}

TABLE = [
    # 1: nothing may be said
    (unread("it was not found"), "unknown", 1, "it was not found"),
    (issue(is_private=True), "unknown", 1, "private, and the page is public"),
    (issue(state="CLOSED", status="Shipped", is_private=True), "unknown", 1, "private, and the page is public"),
    (
        pull(state="MERGED", is_private=True, archived=True, status="Shipped"),
        "unknown",
        1,
        "private, and the page is public",
    ),
    (issue(state="LOCKED"), "unknown", 1, "its state is LOCKED, which this version does not know"),
    (
        issue(state="CLOSED", state_reason="MERGED_AWAY", status="Shipped"),
        "unknown",
        1,
        "its state is CLOSED MERGED_AWAY, which this version does not know",
    ),
    (
        issue(state="CLOSED", state_reason="REOPENED"),
        "unknown",
        1,
        "its state is CLOSED REOPENED, which this version does not know",
    ),
    (pull(state="QUEUED", status="Shipped"), "unknown", 1, "its state is QUEUED, which this version does not know"),
    # 2: given up, whatever the Status
    (issue(state="CLOSED", **CANCELLED), "dropped", 2, "closed as not planned 2024-05-04"),
    (
        issue(state="CLOSED", status="Shipped", **CANCELLED),
        "dropped",
        2,
        'closed as not planned 2024-05-04, Status "Shipped"',
    ),
    (
        issue(state="CLOSED", status="Backlog", archived=True, **CANCELLED),
        "dropped",
        2,
        'closed as not planned 2024-05-04, Status "Backlog"',
    ),
    (issue(state="CLOSED", state_reason="DUPLICATE"), "dropped", 2, "closed as duplicate"),
    (issue(state="CLOSED", on_board=True, **CANCELLED), "dropped", 2, "closed as not planned 2024-05-04"),
    (pull(state="CLOSED", **CLOSED), "dropped", 2, "closed without a merge 2024-05-04"),
    (pull(state="CLOSED", status="Shipped"), "dropped", 2, 'closed without a merge, Status "Shipped"'),
    # 3: a done Status
    (issue(status="Shipped"), "done", 3, 'Status "Shipped"'),
    (issue(status="Coming soon"), "done", 3, 'Status "Coming soon"'),
    (issue(status="Shipped", archived=True), "done", 3, 'Status "Shipped"'),
    (
        issue(state="CLOSED", status="Shipped", state_reason="COMPLETED", **CLOSED),
        "done",
        3,
        'Status "Shipped", closed as completed 2024-05-04',
    ),
    (issue(state="CLOSED", status="Shipped"), "done", 3, 'Status "Shipped", closed'),
    (
        issue(status="Shipped", state_reason="REOPENED"),
        "unknown",
        3,
        'Status "Shipped", but the issue was reopened',
    ),
    (pull(state="MERGED", status="Shipped", **MERGED), "done", 3, 'Status "Shipped", merged 2024-06-26'),
    (pull(state="OPEN", status="Shipped"), "unknown", 3, 'Status "Shipped", but the pull request is still open'),
    (
        pull(state="MERGED", status="Shipped", base="v2", **MERGED),
        "unknown",
        3,
        'Status "Shipped", but merged 2024-06-26 into v2, not into the default branch',
    ),
    (draft(status="Shipped"), "done", 3, 'Status "Shipped"'),
    # 4: another Status
    (issue(status="Backlog"), "open", 4, 'Status "Backlog"'),
    (issue(state="CLOSED", status="Working on it", archived=True), "open", 4, 'Status "Working on it"'),
    (issue(status="Backlog", state_reason="REOPENED"), "open", 4, 'Status "Backlog"'),
    (issue(status="No such option"), "open", 4, 'Status "No such option"'),
    (pull(state="MERGED", status="Backlog", **MERGED), "open", 4, 'Status "Backlog"'),
    (pull(state="MERGED", status="Backlog", base="v2"), "open", 4, 'Status "Backlog"'),
    (draft(status="Ideas"), "open", 4, 'Status "Ideas"'),
    # 5: a pull request by its own state
    (pull(state="MERGED", **MERGED), "done", 5, "merged 2024-06-26"),
    (pull(state="MERGED", on_board=True, **MERGED), "done", 5, "merged 2024-06-26"),
    (pull(state="MERGED", on_board=True, archived=True), "done", 5, "merged"),
    (pull(state="MERGED", base=None, default_branch=None), "done", 5, "merged"),
    (pull(state="MERGED", base="v2"), "unknown", 5, "merged into v2, not into the default branch"),
    (
        pull(state="MERGED", default_branch=None),
        "unknown",
        5,
        "merged into main; the repository's default branch could not be read",
    ),
    (pull(state="OPEN"), "open", 5, "the pull request is open"),
    (pull(state="OPEN", base="v2"), "open", 5, "the pull request is open"),
    # 6: an issue by its own state
    (issue(state="CLOSED", **CLOSED), "done", 6, "closed 2024-05-04"),
    (issue(state="CLOSED", state_reason="COMPLETED"), "done", 6, "closed as completed"),
    (issue(state="CLOSED", on_board=True), "done", 6, "closed"),
    (issue(), "open", 6, "the issue is open"),
    (issue(on_board=True, archived=True), "open", 6, "the issue is open"),
    (issue(state_reason="REOPENED"), "open", 6, "reopened"),
]


def name(case):
    """A case's name: what is known, and the row."""
    return f"{case[2]}-{case[1]}-{case[3][:40]}"


@pytest.mark.parametrize(("answer", "outcome", "rule", "because"), TABLE, ids=map(name, TABLE))
def test_judge(answer, outcome, rule, because):
    """The first rule that fits wins, and says so with the evidence."""
    assert judge(answer, rules(), board()) == Verdict(outcome, rule, because, "attention")


@pytest.mark.parametrize(
    ("answer", "because"),
    [(draft(), "a draft with an empty Status"), (draft(placement=None), "a draft of another board")],
)
def test_judge__draft_without_status(answer, because):
    """Rule 7: what nothing is known of is unknown, as info."""
    assert judge(answer, rules(), board()) == Verdict("unknown", 7, because, "info")


@pytest.mark.parametrize(
    ("more", "visibility", "outcome"),
    [
        pytest.param({}, {}, "unknown", id="absent"),
        pytest.param({}, {"acme/rocket": "PUBLIC"}, "unknown", id="public"),
        pytest.param({}, {"acme/rocket": "INTERNAL"}, "unknown", id="internal"),
        pytest.param({}, {"acme/other": "PRIVATE"}, "unknown", id="another"),
        pytest.param({}, {"acme/rocket": "PRIVATE"}, "done", id="private"),
        pytest.param({"repository": "Acme/Rocket"}, {"acme/rocket": "PRIVATE"}, "done", id="private-other-case"),
        pytest.param({"repository_written": False}, {"acme/rocket": "PRIVATE"}, "unknown", id="guessed"),
        pytest.param({"allow_private": True}, {}, "done", id="allowed"),
    ],
)
def test_judge__private(more, visibility, outcome):
    """A private item is judged only where the page is surely private too, or the config allows it."""
    item = issue(state="CLOSED", is_private=True)

    assert judge(item, rules(**more), board(visibility=visibility)).outcome == outcome


@pytest.mark.parametrize("item", [issue(status="Backlog", state="CLOSED"), issue(status="Shipped", state="CLOSED")])
def test_judge__no_done_status(item):
    """Where nothing means done, no Status counts."""
    assert judge(item, rules(done=None), board(options=("Todo", "Doing"))).rule == 6


@pytest.mark.parametrize(
    ("options", "done"),
    [
        (OPTIONS, ("Shipped",)),
        (
            ("Todo", "✅ Done", "🚀 RELEASED!", "Complete", "Not done", "Done-ish"),
            ("✅ Done", "🚀 RELEASED!", "Complete"),
        ),
        (("To do", "Doing"), ()),
    ],
)
def test_done_statuses__guessed(options, done):
    """Without a config the options named so are done, without case and emoji."""
    assert done_statuses(Rules(), options) == done


def test_done_statuses__written():
    """What the config names is taken as it stands."""
    assert done_statuses(rules(done=("Ideas",)), OPTIONS) == ("Ideas",)
    assert done_statuses(rules(done=()), OPTIONS) == ()


GUESS = 'Status "Shipped", which sounds done, but'
BY_SETTING = {
    "guess-issue": (issue(status="Shipped"), {"done": None}, "open", 3, f"{GUESS} the issue is still open"),
    "guess-draft": (draft(status="Shipped"), {"done": None}, "open", 3, f"{GUESS} a draft cannot be closed"),
    "guess-pull": (pull(status="Shipped"), {"done": None}, "open", 3, f"{GUESS} the pull request is still open"),
    "label": (issue(1, "CLOSED", labels=("docs", "Wontfix")), {}, "dropped", 2, 'closed, label "Wontfix"'),
    "label-and-status": (
        issue(1, "CLOSED", "Shipped", labels=("wontfix",)),
        {},
        "dropped",
        2,
        'closed, label "wontfix", Status "Shipped"',
    ),
    "label-of-an-open-issue": (issue(labels=("wontfix",)), {}, "open", 6, "the issue is open"),
    "label-of-a-pull": (pull(1, "MERGED", labels=("wontfix",)), {}, "done", 5, "merged"),
    "another-label": (issue(1, "CLOSED", labels=("docs",)), {}, "done", 6, "closed"),
    "branch": (pull(1, "MERGED", base="v2"), {"branches": ("v2",)}, "done", 5, "merged into v2"),
    "no-branch-known": (pull(1, "MERGED", base=None), {}, "done", 5, "merged"),
    "open-for-another-branch": (
        pull(1, "OPEN", "Shipped", base="v2"),
        {},
        "unknown",
        3,
        'Status "Shipped", but the pull request is still open',
    ),
    "branch-gone": (
        pull(1, "MERGED", "Shipped", base="topic", is_base_gone=True),
        {},
        "done",
        3,
        'Status "Shipped", merged into topic, a branch that is no longer there',
    ),
    "branch-gone-and-a-guess": (
        pull(1, "MERGED", "Shipped", base="topic", is_base_gone=True),
        {"done": None},
        "unknown",
        3,
        'Status "Shipped", but merged into topic, a branch that is no longer there',
    ),
}


@pytest.mark.parametrize(("answer", "more", "outcome", "rule", "because"), BY_SETTING.values(), ids=BY_SETTING)
def test_judge__by_setting(answer, more, outcome, rule, because):
    """What a guess, a label, a branch that counts and one that is gone make of an item."""
    verdict = judge(answer, rules(dropped_labels=("wontfix",), **more), board())

    assert verdict == Verdict(outcome, rule, because, "attention", is_guess="sounds done" in because)


def test_status_words():
    """A Status is compared by its words, with one blank between them."""
    assert status_words("🚀 Coming-Soon!") == "coming soon"

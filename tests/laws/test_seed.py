"""Holds on the seed page what the issue asks of it: what is found, what one item's end ticks, what stays quiet."""

from dataclasses import replace
from random import Random

import pytest

from roadmap_sync.plan.plan import Plan, make_page_plan
from roadmap_sync.report import text
from roadmap_sync.rules import Rules
from tests.laws import statements
from tests.support import boards
from tests.support.makers import board, issue, pull
from tests.support.shared import SHARED

pytestmark = pytest.mark.slow

DATA = (SHARED / "seed" / "roadmap.md").read_bytes()
RULES = Rules(path="docs/roadmap.md", repository="aws-powertools/powertools-lambda-python", repository_written=True)
PAGE = statements.parsed(DATA, RULES)
CLEARED = statements.parsed(statements.cleared(PAGE), RULES)
REFERENCES = statements.references_of(PAGE)

#: Linked from open boxes, and never merged.
NEVER_MERGED = {2342, 2435}
STATUSES = ("Shipped", "Working on it", "Backlog")


def answer(reference, state, status=""):
    """An issue or pull request of the seed page, as its link says which."""
    make = pull if "/pull/" in reference.spelled else issue
    return make(reference.number, state, status, owner=reference.owner, repo=reference.repo)


def only(done):
    """The board on which one reference is done, all others are open."""
    open_ones = {r.key: answer(r, "OPEN") for r in REFERENCES}
    ended = "MERGED" if "/pull/" in done.spelled else "CLOSED"
    return board(extra=open_ones | {done.key: answer(done, ended)})


def plausible(seed):
    """The board as it may have been: what is ticked has ended, two were declined, a third has a Status."""
    by = Random(seed)  # noqa: S311 - nothing secret hangs on it
    ticked = {reference.key for item in PAGE.items if item.is_ticked for reference in item.references}
    placed = {reference.key for reference in by.sample(REFERENCES, len(REFERENCES) // 3)}
    answers = {}
    for reference in REFERENCES:
        is_pull = "/pull/" in reference.spelled
        state, status = "OPEN", by.choice(STATUSES[1:])
        if reference.key in ticked:
            state, status = ("MERGED" if is_pull else "CLOSED"), STATUSES[0]
        elif reference.number in NEVER_MERGED:
            state, status = "CLOSED", STATUSES[0]
        answers[reference.key] = answer(reference, state, status if reference.key in placed else "")
    return board(extra=answers)


def test_what_is_found():
    """All 49 task items are found with every box cleared: 19 with a reference, 3 nested."""
    assert (len(CLEARED.items), len(PAGE.items)) == (49, 49)
    assert sum(bool(item.references) for item in CLEARED.items) == 19
    assert sum(item.depth > 1 for item in CLEARED.items) == 3
    assert not any(item.is_ticked for item in CLEARED.items)


@pytest.mark.parametrize("reference", REFERENCES, ids=[reference.name for reference in REFERENCES])
def test_one_item_done_ticks_its_boxes(reference):
    """Making one item done ticks the boxes that refer to it and no other, one character each."""
    plan = make_page_plan(CLEARED, only(reference))
    due = [item for item in CLEARED.items if any(one.key == reference.key for one in item.references)]
    assert due
    assert [change.line for change in plan.changes] == [item.line for item in due]
    expected = bytearray(CLEARED.data)
    for item in due:
        expected[item.start : item.start + 1] = b"x"
    assert plan.result == bytes(expected)


def test_hand_ticked_lines_stay():
    """Lines that a person ticked though the issue is open stay ticked, each with a remark that needs no decision."""
    plan = make_page_plan(PAGE, board(extra={r.key: answer(r, "OPEN") for r in REFERENCES}))
    assert plan.result == DATA
    ticked = [item.line for item in PAGE.items if item.is_ticked and item.references]
    assert sorted(note.line for note in plan.notes) == ticked
    assert {(note.kind, note.level) for note in plan.notes} == {("ticked-over-open", "info")}


@pytest.mark.parametrize("seed", range(20))
def test_a_plausible_board_says_little(seed):
    """With a third of the references on the board, the report shows at most 3 lines of notes."""
    plan = make_page_plan(PAGE, plausible(seed))
    shown = text.render(Plan((plan,), plausible(seed)))
    lines = shown.partition("Needs attention")[2].strip().splitlines()
    assert 1 <= len(lines) <= 3, shown


def test_nothing_to_do():
    """Where board and page agree, the page comes back byte for byte."""
    for seed in range(20):
        assert make_page_plan(PAGE, plausible(seed)).result == DATA


@pytest.mark.parametrize("seed", range(10))
def test_twins_with_other_line_ends(seed):
    """The page with CRLF line ends gets the same changes and notes as with LF, and keeps its line ends."""
    twin = statements.parsed(CLEARED.data.replace(b"\n", b"\r\n"), RULES)
    truth = boards.from_seed(REFERENCES, seed)
    plan, other = make_page_plan(CLEARED, truth), make_page_plan(twin, truth)
    assert other.result == plan.result.replace(b"\n", b"\r\n")
    assert [replace(change, edits=()) for change in other.changes] == [replace(c, edits=()) for c in plan.changes]
    assert other.notes == plan.notes


@pytest.mark.parametrize("dialect", ["github", "mkdocs", "auto"])
@pytest.mark.parametrize("seed", range(10))
def test_laws(seed, dialect, tmp_path):
    """The laws hold on the seed page, as it is and with its boxes cleared."""
    rules = replace(RULES, dialect=dialect, untick=True, dropped="strike")
    for data in (DATA, CLEARED.data):
        statements.hold(statements.parsed(data, rules), boards.from_seed(REFERENCES, seed), tmp_path)

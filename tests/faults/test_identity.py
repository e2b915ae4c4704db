"""Fault A15: a change is the same by its kind, its item and its line among the item's lines; headings are no part of it."""

import random

import pytest

from roadmap_sync.plan.plan import caused, make_page_plan
from roadmap_sync.pull_request.aim import keys_of, without
from tests.support.days import BRANCH, Days
from tests.support.makers import board, issue, link, page

ITEMS = [issue(n, "CLOSED", "Shipped") for n in range(1, 6)] + [issue(n, status="Backlog") for n in range(6, 9)]
BOARD = board(*ITEMS)
HEADING = "## Work on it\n"


def written(chance):
    """A page with sections, and lines of which some name one item twice or more."""
    blocks = []
    for section in range(chance.randint(1, 4)):
        blocks.append(f"{'#' * chance.randint(1, 3)} Part {section}\n")
        for _ in range(chance.randint(1, 4)):
            number, state = chance.randint(1, 8), chance.choice(" x")
            blocks.append(f"- [{state}] [Words]({link(number)})\n")
    return blocks


def reworded(chance, blocks):
    """The same lines in the same order, under headings that were reworded, renumbered, added or taken out."""
    made = []
    for block in blocks:
        deed = chance.randrange(6) if block.startswith("#") else 6
        if deed <= 2:
            made.append(f"{'#' * chance.randint(1, 4)} {chance.choice(('1. Now', 'Later', 'Part 0', 'Über uns'))}\n")
        elif deed == 3:
            made += ["# Above all\n", block]
        elif deed != 4:
            made.append(block)
        if chance.random() < 0.3:
            made.append(chance.choice(("\nSome words.\n\n", "- [ ] nothing to link to\n", "- plain\n")))
    return made


@pytest.mark.parametrize("seed", range(60))
def test_rewording_headings_causes_nothing(seed):
    """Nothing is caused by it, and what was declined before is declined after it."""
    chance = random.Random(seed)  # noqa: S311 - pages, no secrets
    blocks = written(chance)
    rules = {"untick": chance.random() < 0.5}
    before = make_page_plan(page("".join(blocks), **rules), BOARD)
    after = make_page_plan(page("".join(reworded(chance, blocks)), **rules), BOARD)

    assert keys_of(before) == keys_of(after)
    compared = caused(after, before)
    assert not any(one.caused for one in (*compared.changes, *compared.notes))
    assert without(after, keys_of(before), BOARD).changes == ()


def test_a_line_keeps_its_number_when_one_above_is_struck():
    """The same kind: lines about an item count whether or not they may be touched."""
    text = f"- [ ] [a]({link(1)})\n- [ ] [b]({link(1)})\n"
    whole = make_page_plan(page(text), BOARD)
    struck = make_page_plan(page(text.replace(f"[a]({link(1)})", f"~~[a]({link(1)})~~")), BOARD)

    assert [change.occurrence for change in whole.changes] == [1, 2]
    assert [change.occurrence for change in struck.changes] == [2]


@pytest.mark.parametrize("number", [2, 1], ids=["another-item", "the-same-item-again"])
def test_new_lines_are_caused_all_the_same(number):
    """Near miss: a line that is new is caused by whoever wrote it, under whatever heading."""
    old = make_page_plan(page(f"# A\n\n- [ ] [a]({link(1)})\n"), BOARD)
    new = make_page_plan(page(f"# B\n\n- [ ] [a]({link(1)})\n- [ ] [b]({link(number)})\n"), BOARD)

    assert [(one.reference.number, one.caused) for one in caused(new, old).changes] == [(1, False), (number, True)]


def test_undone_in_the_commit_that_rewords_the_heading():
    """(b) On our branch a person clears our tick and rewords the heading above it at once: it stays cleared."""
    days = Days(verdicts={1: "done", 2: "done"})
    days.run()
    text = days.page(BRANCH).replace("[x] [Fly]", "[ ] [Fly]").replace("## Engine", "## The engine")
    days.git.commit(BRANCH, {days.places[0]: text}, "Reword", author="ann")

    done = days.run()
    again = days.run()

    assert "[ ] [Fly]" in days.line(1, BRANCH)
    assert (done.declined, again.steps) == ((1,), ())


@pytest.mark.parametrize("branch", ["main", BRANCH])
def test_declined_and_then_the_heading_is_reworded(branch):
    """(c) What a closed pull request proposed is not proposed again because a heading was reworded since."""
    days = Days(verdicts={1: "done", 2: "done"})
    days.run()
    days.close()
    days.edit("## Engine", "## The engine", branch)

    done = days.run()

    assert (done.why, done.declined, days.open) == ("declined", (1,), None)


def test_a_section_that_moves_brings_nothing_back():
    """The same kind: sections change places after a pull request was closed."""
    days = Days(verdicts={1: "done", 4: "done"})
    days.run()
    days.close()
    head, engine, hull = days.page().partition("## Engine")[0], *days.page().partition("## Engine")[2].split("## Hull")
    days.git.commit("main", {days.places[0]: f"{head}## Hull{hull}\n## Engine{engine}"}, "Move", author="ann")

    assert (days.run().why, days.open) == ("declined", None)

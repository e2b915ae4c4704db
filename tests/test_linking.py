"""How alike a line and the items of a board are."""

import pytest

from roadmap_sync.board import Item
from roadmap_sync.linking import find_candidates
from tests.makers import issue


def named(number: int, title: str) -> Item:
    """Make an issue with a title."""
    return issue(number, title=title)


ITEMS = (
    named(1, "Paint the hull"),
    named(2, "Paint the whole hull red"),
    named(3, "Wider tank"),
    named(4, ""),
)

LINES = {
    "the best first": ("paint the whole hull!", [(2, 91), (1, 82)]),
    "a link is its text": (
        "[Paint the hull](https://example.com/nothing-like-it) <!-- wider tank -->",
        [(1, 100), (2, 74)],
    ),
    "another order of words": ("Tank: wider", [(3, 100)]),
    "nothing like it": ("Zebra", []),
    "no words": ("!!!", []),
}


@pytest.mark.parametrize(("text", "expected"), LINES.values(), ids=LINES)
def test_find_candidates(text: str, expected: list[tuple[int, int]]) -> None:
    """Items with a title like the line's, scored, and none that only shares letters."""
    assert [(one.item.number, one.score) for one in find_candidates(text, ITEMS)] == expected


def test_the_limit() -> None:
    """No more are named than a person wants to read."""
    many = [named(number, "Paint the hull") for number in range(1, 9)]

    assert len(find_candidates("Paint the hull", many)) == 3
    assert len(find_candidates("Paint the hull", many, limit=5)) == 5
